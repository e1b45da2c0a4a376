/** Column types that a bulk statement can be handed. */
export type ColumnType = 'text' | 'integer' | 'bigint';
