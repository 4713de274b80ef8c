import type { Model, ModelStatic, Optional } from 'sequelize';
import type { Modelling } from '../database/index.ts';
import type { Protocol, SubjectMatch } from './connection.ts';

/** A connection as its row has it: settings without secrets, secrets sealed. */
export interface ConnectionRow {
  readonly orgId: string;
  readonly id: string;
  readonly name: string;
  readonly protocol: Protocol;
  readonly vendor: string;
  readonly settings: Record<string, unknown>;
  readonly sealedSecrets: string | null;
  readonly subjectMatch: SubjectMatch;
  readonly jit: boolean;
  readonly enabled: boolean;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

type Given = Optional<ConnectionRow, 'createdAt' | 'updatedAt'>;
export type ConnectionModel = ModelStatic<Model<ConnectionRow, Given>>;

/** The table `connection` as sequelize sees it; the schema itself stands in `migrations`. */
export const defineConnection = ({ sequelize, DataTypes }: Modelling): ConnectionModel =>
  sequelize.define<Model<ConnectionRow, Given>>(
    'connection',
    {
      orgId: { type: DataTypes.UUID, primaryKey: true },
      id: { type: DataTypes.UUID, primaryKey: true },
      name: { type: DataTypes.TEXT, allowNull: false },
      protocol: { type: DataTypes.TEXT, allowNull: false },
      vendor: { type: DataTypes.TEXT, allowNull: false },
      settings: { type: DataTypes.JSONB, allowNull: false },
      sealedSecrets: { type: DataTypes.TEXT },
      subjectMatch: { type: DataTypes.JSONB },
      jit: { type: DataTypes.BOOLEAN, allowNull: false },
      enabled: { type: DataTypes.BOOLEAN, allowNull: false },
      createdAt: { type: DataTypes.DATE, allowNull: false },
      updatedAt: { type: DataTypes.DATE, allowNull: false },
    },
    { tableName: 'connection', underscored: true, timestamps: true },
  );
