import type { Row, Statement } from '../../database/index.ts';
import { uuidv7 } from '../../platform/uuid.ts';

/** Who comes and who goes, nobody both. */
export interface MemberChangeRequest {
  readonly groupId: string;
  readonly add: readonly string[];
  readonly remove: readonly string[];
  /** Keys of the rules that the operator set for every organization. */
  readonly environmentKeys: readonly string[];
  /** Stands in the audit event. */
  readonly requestId: string;
}

/** What {@link changeMembers} came to; of an `involved` change nothing was written, since more than rows follows from it. */
export type MemberChange = 'absent' | 'involved' | 'unchanged' | 'changed';

/** Reads the row of {@link changeMembers}. */
export const toMemberChange = (row: Row | undefined): MemberChange => row?.['outcome'] as MemberChange;

/**
 * Changes the members of a group to which no role is bound, and tells of it: all in the one statement, which looks for
 * itself whether the group is such a group, and its members to be users of the feed. What it tells, `provisioning` tells
 * of every other change in the same words.
 */
export const changeMembers = ({ groupId, add, remove, environmentKeys, requestId }: MemberChangeRequest): Statement => ({
  name: 'access.change-members',
  text: 'select change_members($1, $2, $3, $4, $5, $6) as outcome',
  values: [groupId, add, remove, environmentKeys, uuidv7(), requestId],
  told: ['group.members_changed'],
  tells: ([row]) => toMemberChange(row) === 'changed',
});
