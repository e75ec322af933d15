/**
 * Turns a table of operations into routes: each operation of the contract is a function that returns its answer or a refusal.
 * Operations that stream or choose their status have routes of their own.
 */
import type { FastifyReply, FastifyRequest, preHandlerHookHandler } from 'fastify'
import type { Static, TSchema } from 'typebox'
import { operations } from './contract/operations.ts'
import { isRefusal, refuseAs, type Refusal } from './refuse.ts'
import type { Routes } from './routes.ts'
import { toJson, type JsonForm } from './to-json.ts'

type Operations = typeof operations

type Part<Schema, Name extends string> = Schema extends Record<Name, infer Of extends TSchema> ? Static<Of> : unknown
type Success<Responses> = {
  [Status in keyof Responses]: `${Status & (string | number)}` extends `2${string}` ? Responses[Status] : never
}[keyof Responses]
type JsonResult<Schema> = Schema extends TSchema
  ? Static<Schema> extends null
    ? 'done'
    : JsonForm<Static<Schema>>
  : never

/** A request validated by its contract. */
export type RequestOf<Name extends keyof Operations> = FastifyRequest<{
  Params: Part<Operations[Name]['schema'], 'params'>
  Querystring: Part<Operations[Name]['schema'], 'querystring'>
  Body: Part<Operations[Name]['schema'], 'body'>
}>

/** Result of an operation; `done` if the contract has no content. */
export type Answer<Name extends keyof Operations> = Operations[Name]['schema'] extends { response: infer Responses }
  ? JsonResult<Success<Responses>>
  : never

/**
 * Functions of operations by name. They may set cookies, headers, or another status of the contract on the reply; {@link registerOperations}
 * sends it.
 */
export type OperationHandlers = {
  [Name in keyof Operations]?: (
    request: RequestOf<Name>,
    reply: FastifyReply,
  ) => Answer<Name> | Refusal | Promise<Answer<Name> | Refusal>
}

/** Registers the routes of operations. */
export function registerOperations(
  app: Routes,
  answers: OperationHandlers,
  { preHandler }: { preHandler?: preHandlerHookHandler } = {},
): void {
  for (const [name, handle] of Object.entries(answers) as [keyof Operations, Handle][]) {
    const operation = operations[name]
    const success = Object.entries<TSchema>(operation.schema.response).filter(([status]) => status.startsWith('2'))
    app.route({
      ...operation,
      ...(preHandler && { preHandler }),
      handler: async (request: FastifyRequest, reply: FastifyReply) => {
        const result = await handle(request, reply)
        if (isRefusal(result)) return refuseAs(reply, result)
        const [status, schema] = success.find(([code]) => code === String(reply.statusCode)) ?? success[0]!
        return reply.code(Number(status)).send(result === 'done' ? null : toJson(schema, result))
      },
    })
  }
}

type Handle = (request: FastifyRequest, reply: FastifyReply) => unknown

/** Converts a result with `view`. Returns a refusal unchanged. */
export async function viewed<Found, View>(
  result: Found | Promise<Found>,
  view: (found: Exclude<Found, Refusal>) => View,
): Promise<Awaited<View> | Extract<Found, Refusal>> {
  const found = await result
  return isRefusal(found) ? found : await view(found as Exclude<Found, Refusal>)
}

/** Converts any success to `done`. Returns a refusal unchanged. */
export function done<Found>(result: Promise<Found>): Promise<'done' | Extract<Found, Refusal>> {
  return viewed(result, () => 'done' as const)
}

/** Wraps a list in an object as `items`. Returns a refusal unchanged. */
export function items<Row, Item = Row>(
  result: Promise<readonly Row[] | Refusal>,
  view: (row: Row) => Item = (row) => row as unknown as Item,
): Promise<{ items: Item[] } | Refusal> {
  return viewed(result, (rows) => ({ items: rows.map((row) => view(row)) }))
}
