import type { Static, TNull, TSchema } from 'typebox'
import type { operations } from '../../../src/app/http/contract/operations.ts'

type Operation = (typeof operations)[keyof typeof operations]

/**
 * The server's contract as openapi-fetch expects it: by path, then by method. Derived from the contract's types; the compiler
 * expands only operations that a page calls.
 */
export type paths = {
  [Url in Operation['url'] as Braced<Url>]: {
    [Method in Extract<Operation, { url: Url }>['method'] as Lowercase<Method>]: Described<
      Extract<Operation, { url: Url; method: Method }>['schema']
    >
  }
}

/** `/api/people/:id` becomes `/api/people/{id}`. */
type Braced<Url extends string> = Url extends `${infer Before}:${infer Name}/${infer After}`
  ? `${Before}{${Name}}/${Braced<After>}`
  : Url extends `${infer Before}:${infer Name}`
    ? `${Before}{${Name}}`
    : Url

type Described<Schema> = {
  parameters: In<'query', Schema, 'querystring'> & In<'path', Schema, 'params'> & { header?: never; cookie?: never }
  responses: Schema extends { response: infer Responses }
    ? { [Status in keyof Responses as Numbered<Status>]: Answered<Responses[Status]> }
    : never
} & (Schema extends { body: infer Body }
  ? { requestBody: { content: { 'application/json': TypeOf<Body> } } }
  : { requestBody?: never })

type Numbered<Status> = Status extends `${infer Code extends number}` ? Code : Status

/** Member `Name` with the type of `From` in `Schema`; optional if all its members are. */
type In<Name extends string, Schema, From extends string> = Schema extends { [F in From]: infer Given }
  ? Partial<TypeOf<Given>> extends TypeOf<Given>
    ? { [N in Name]?: TypeOf<Given> }
    : { [N in Name]: TypeOf<Given> }
  : { [N in Name]?: never }

type Answered<Response> = Response extends { content: infer Content }
  ? {
      headers: Record<string, unknown>
      content: { [Type in keyof Content]: Content[Type] extends { schema: infer Body } ? TypeOf<Body> : never }
    }
  : Response extends TNull
    ? { headers: Record<string, unknown>; content?: never }
    : { headers: Record<string, unknown>; content: { 'application/json': TypeOf<Response> } }

type TypeOf<Schema> = Schema extends { readonly type: 'string'; readonly format: 'binary' }
  ? string
  : Schema extends TSchema
    ? Static<Schema>
    : never
