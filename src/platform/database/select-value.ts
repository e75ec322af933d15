import { sql, type QueryExecutorProvider, type RawBuilder } from 'kysely'

/** Returns the value of an SQL expression, such as a call of a function that returns one value. */
export async function selectValue<Value>(db: QueryExecutorProvider, expression: RawBuilder<Value>): Promise<Value> {
  const { rows } = await sql<{ value: Value }>`select ${expression} as value`.execute(db)
  return rows[0]!.value
}
