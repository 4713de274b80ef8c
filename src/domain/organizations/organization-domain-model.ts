import type { Model, ModelStatic, Optional } from 'sequelize';
import type { Modelling } from '../../database/index.ts';
import type { OrganizationDomain } from './organization-domain.ts';

type Given = Optional<OrganizationDomain, 'verifiedAt' | 'verifiedBy' | 'createdAt'>;
export type OrganizationDomainModel = ModelStatic<Model<OrganizationDomain, Given>>;

/** The table `organization_domain` as sequelize sees it; the schema itself stands in `migrations`. */
export const defineOrganizationDomain = ({ sequelize, DataTypes }: Modelling): OrganizationDomainModel =>
  sequelize.define<Model<OrganizationDomain, Given>>(
    'organizationDomain',
    {
      orgId: { type: DataTypes.UUID, primaryKey: true },
      domain: { type: DataTypes.TEXT, primaryKey: true },
      connectionId: { type: DataTypes.UUID },
      token: { type: DataTypes.TEXT, allowNull: false },
      verifiedAt: { type: DataTypes.DATE },
      verifiedBy: { type: DataTypes.TEXT },
      createdAt: { type: DataTypes.DATE, allowNull: false },
    },
    { tableName: 'organization_domain', underscored: true, timestamps: true, updatedAt: false },
  );
