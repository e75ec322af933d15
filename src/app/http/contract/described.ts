import type { TSchema } from 'typebox'
import { id, type Access } from './shapes.ts'

/** An operation of the contract: method and path, access, schemas. */
interface Entry {
  /** Method and path, such as `GET /api/contacts/:id`. */
  readonly route: `${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} /api/${string}`
  readonly access?: Access
  /** Attempts per minute and address. */
  readonly config?: { readonly rateLimit: { readonly max: number; readonly timeWindow: string } }
  readonly bodyLimit?: number
  readonly summary: string
  /** Left out if the only parameter is `:id`. */
  readonly params?: TSchema
  readonly querystring?: TSchema
  readonly body?: TSchema
  /** Answers and refusals by status. */
  readonly response: Readonly<Record<number, object>>
}

type OutsideSchema = 'route' | 'access' | 'config' | 'bodyLimit'

/** An operation for Fastify, with its name in the table. */
export type Described<Table> = {
  readonly [Name in keyof Table]: Table[Name] extends { readonly route: `${infer Method} ${infer Url}` }
    ? {
        readonly method: Method
        readonly url: Url
        readonly schema: { readonly operationId: Name } & {
          readonly [Part in Exclude<keyof Table[Name], OutsideSchema>]: Table[Name][Part]
        } & (Table[Name] extends { readonly params: TSchema }
            ? unknown
            : Url extends `${string}:id${string}`
              ? { readonly params: typeof id }
              : unknown)
      } & { readonly [Part in Extract<keyof Table[Name], Exclude<OutsideSchema, 'route'>>]: Table[Name][Part] }
    : never
}

export function described<const Table extends Record<string, Entry>>(table: Table): Described<Table> {
  return Object.fromEntries(
    Object.entries<Entry>(table).map(([operationId, { route, access, config, bodyLimit, ...schema }]) => {
      const [method, url] = route.split(' ')
      const options = { ...(access && { access }), ...(config && { config }), ...(bodyLimit && { bodyLimit }) }
      const named = route.includes(':id') ? { params: id } : {}
      return [operationId, { method, url, ...options, schema: { operationId, ...named, ...schema } }]
    }),
  ) as unknown as Described<Table>
}
