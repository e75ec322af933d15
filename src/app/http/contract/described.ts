import Type, { type TObject, type TProperties, type TSchema } from 'typebox'
import { closed, id, refusals, type Access } from './shapes.ts'

/** Members of an input, which accepts no others, or its schema. */
type Input = TProperties | TObject

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
  readonly querystring?: Input
  readonly body?: Input
  /** Answers by status, and refusals beyond those of every operation. */
  readonly response: Readonly<Record<number, object>>
}

type SchemaOf<Part extends Input> = Part extends TObject ? Part : Part extends TProperties ? TObject<Part> : never

/** An operation for Fastify, with its name in the table. */
export type Described<Table> = {
  readonly [Name in keyof Table]: Table[Name] extends { readonly route: `${infer Method} ${infer Url}` }
    ? {
        readonly method: Method
        readonly url: Url
        readonly schema: { readonly operationId: Name } & {
          readonly [Part in Extract<keyof Table[Name], 'summary' | 'params'>]: Table[Name][Part]
        } & {
          readonly [Part in Extract<keyof Table[Name], 'querystring' | 'body'>]: SchemaOf<
            Extract<Table[Name][Part], Input>
          >
        } & (Table[Name] extends { readonly response: infer Given }
            ? { readonly response: Omit<typeof refusals, keyof Given> & Given }
            : unknown) &
          (Table[Name] extends { readonly params: TSchema }
            ? unknown
            : Url extends `${string}:id${string}`
              ? { readonly params: typeof id }
              : unknown)
      } & { readonly [Part in Extract<keyof Table[Name], 'access' | 'config' | 'bodyLimit'>]: Table[Name][Part] }
    : never
}

/** Describes operations for Fastify. Each may be refused as every operation is ({@link refusals}). */
export function described<const Table extends Record<string, Entry>>(table: Table): Described<Table> {
  return Object.fromEntries(
    Object.entries<Entry>(table).map(([operationId, entry]) => {
      const { route, access, config, bodyLimit, summary, querystring, body, response } = entry
      const [method, url] = route.split(' ')
      const params = entry.params ?? (route.includes(':id') ? id : undefined)
      const schema = {
        operationId,
        summary,
        ...(params && { params }),
        ...(querystring && { querystring: schemaOf(querystring) }),
        ...(body && { body: schemaOf(body) }),
        response: { ...refusals, ...response },
      }
      const options = { ...(access && { access }), ...(config && { config }), ...(bodyLimit && { bodyLimit }) }
      return [operationId, { method, url, ...options, schema }]
    }),
  ) as unknown as Described<Table>
}

function schemaOf(input: Input): TSchema {
  return Type.IsObject(input) ? input : Type.Object(input, closed)
}
