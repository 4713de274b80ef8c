import type { DataTypes, Op, Sequelize } from 'sequelize';

/** What a model is written with. It is handed over, so that a room with models need not load sequelize before one is used. */
export interface Modelling {
  readonly sequelize: Sequelize;
  readonly DataTypes: typeof DataTypes;
  readonly Op: typeof Op;
}

/** How a model is made. A transaction makes each once per database, by this function's identity. */
export type DefineModel<M> = (modelling: Modelling) => M;
