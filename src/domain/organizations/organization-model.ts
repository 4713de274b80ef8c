import type { Model, ModelStatic, Optional } from 'sequelize';
import type { Modelling } from '../../database/index.ts';
import type { Organization } from './organization.ts';

type Given = Optional<Organization, 'description' | 'isDefault' | 'status' | 'settings' | 'createdAt' | 'updatedAt'>;
export type OrganizationModel = ModelStatic<Model<Organization, Given>>;

/** The table `organization` as sequelize sees it; the schema itself stands in `migrations`. */
export const defineOrganization = ({ sequelize, DataTypes, Op }: Modelling): OrganizationModel =>
  sequelize.define<Model<Organization, Given>>(
    'organization',
    {
      id: { type: DataTypes.UUID, primaryKey: true },
      slug: { type: DataTypes.TEXT, allowNull: false },
      name: { type: DataTypes.TEXT, allowNull: false },
      description: { type: DataTypes.TEXT, allowNull: false, defaultValue: '' },
      isDefault: { type: DataTypes.BOOLEAN, allowNull: false, defaultValue: false },
      status: { type: DataTypes.TEXT, allowNull: false, defaultValue: 'active' },
      settings: { type: DataTypes.JSONB, allowNull: false, defaultValue: {} },
      createdAt: { type: DataTypes.DATE, allowNull: false },
      updatedAt: { type: DataTypes.DATE, allowNull: false },
    },
    { tableName: 'organization', underscored: true, timestamps: true, scopes: { after: (slug: string) => ({ where: { slug: { [Op.gt]: slug } } }) } },
  );
