import type { Model, ModelStatic, Optional } from 'sequelize';
import type { Modelling } from '../../database/index.ts';
import type { ScimToken } from './scim-token.ts';

type Row = ScimToken & { readonly hash: Buffer };
type Given = Optional<Row, 'createdAt' | 'expiresAt' | 'revokedAt' | 'lastUsedAt'>;
export type ScimTokenModel = ModelStatic<Model<Row, Given>>;

/** The table `scim_token` as sequelize sees it. The hash is written here and read by the SCIM door alone. */
export const defineScimToken = ({ sequelize, DataTypes }: Modelling): ScimTokenModel =>
  sequelize.define<Model<Row, Given>>(
    'scimToken',
    {
      orgId: { type: DataTypes.UUID, primaryKey: true },
      id: { type: DataTypes.UUID, primaryKey: true },
      connectionId: { type: DataTypes.UUID, allowNull: false },
      hash: { type: DataTypes.BLOB, allowNull: false },
      hint: { type: DataTypes.TEXT, allowNull: false },
      scopes: { type: DataTypes.ARRAY(DataTypes.TEXT), allowNull: false },
      createdBy: { type: DataTypes.TEXT, allowNull: false },
      createdAt: { type: DataTypes.DATE, allowNull: false },
      expiresAt: { type: DataTypes.DATE },
      revokedAt: { type: DataTypes.DATE },
      lastUsedAt: { type: DataTypes.DATE },
    },
    { tableName: 'scim_token', underscored: true, timestamps: true, updatedAt: false, defaultScope: { attributes: { exclude: ['hash'] } } },
  );
