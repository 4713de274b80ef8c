/** A member as a list shows one. */
export interface OrganizationMember {
  readonly accountId: string;
  readonly userName: string | null;
  readonly displayName: string | null;
  readonly email: string | null;
  readonly emailVerified: boolean;
  readonly status: 'active' | 'suspended';
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** Where a page of members ended. */
export interface MemberPosition {
  readonly userNameKey: string;
  readonly accountId: string;
}
