import type { Statement } from '../../database/index.ts';
import { CONNECTION, ORG } from '../../database/context-sql.ts';
import type { MemberRef } from './directory-user.ts';

const LIVE = `m.org_id = ${ORG} and m.connection_id = ${CONNECTION} and m.group_id = $1 and m.valid_to is null`;
const END = `valid_to = clock_timestamp(), changed_at = clock_timestamp(), user_ref = null, group_ref = null`;

/** Adds members that are not in the group yet; those who are stay as they were, with their first date. */
export const addMembers = (groupId: string, members: readonly MemberRef[]): Statement => ({
  name: 'directory.member.add',
  text: `insert into directory_member (org_id, connection_id, group_id, member_id, user_ref, group_ref)
         select ${ORG}, ${CONNECTION}, $1, m.id, case when m.kind = 'User' then m.id end, case when m.kind = 'Group' then m.id end
           from unnest($2::uuid[], $3::text[]) as m (id, kind)
         on conflict (group_id, member_id, connection_id, org_id) where valid_to is null do nothing
         returning member_id`,
  values: [groupId, members.map((member) => member.id), members.map((member) => member.kind)],
});

/** Ends the membership of those who are in the group. */
export const removeMembers = (groupId: string, memberIds: readonly string[]): Statement => ({
  name: 'directory.member.remove',
  text: 'select unnest(end_members($1, $2)) as member_id',
  values: [groupId, memberIds],
});

/** Ends every membership of a user, before the user goes. */
export const removeUserFromGroups = (userId: string): Statement => ({
  name: 'directory.member.remove-user',
  text: `update directory_member m set ${END}
          where m.org_id = ${ORG} and m.connection_id = ${CONNECTION} and m.user_ref = $1`,
  values: [userId],
});

/** Ends every place of a group inside other groups, before the group goes. */
export const removeGroupFromGroups = (groupId: string): Statement => ({
  name: 'directory.member.remove-group',
  text: `update directory_member m set ${END}
          where m.org_id = ${ORG} and m.connection_id = ${CONNECTION} and m.group_ref = $1`,
  values: [groupId],
});

/** Ids and kinds as two strings: a group may have 100,000 members, and rows would cost more than the text. */
export const readMembers = (groupId: string): Statement => ({
  name: 'directory.member.read',
  text: `select coalesce(string_agg(m.user_ref::text, ','), '') as users, coalesce(string_agg(m.group_ref::text, ','), '') as groups
           from directory_member m where ${LIVE}`,
  values: [groupId],
});

/** As above for several groups of one page. */
export const readMembersOfGroups = (groupIds: readonly string[]): Statement => ({
  name: 'directory.member.read-groups',
  text: `select m.group_id, coalesce(string_agg(m.user_ref::text, ','), '') as users,
                coalesce(string_agg(m.group_ref::text, ','), '') as groups
           from directory_member m
          where m.org_id = ${ORG} and m.connection_id = ${CONNECTION} and m.group_id = any($1::uuid[]) and m.valid_to is null
          group by m.group_id`,
  values: [groupIds],
});
