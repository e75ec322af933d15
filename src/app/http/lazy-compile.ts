/**
 * Schemas of routes, compiled when a route is first asked and not before. In: the compilers that Fastify itself has. Out: the
 * same, later. Three hundred routes are most of what a desk that starts has to think about, and of most of them it is never asked:
 * it answers sooner after it was killed (K1).
 */
import ajvCompiler from '@fastify/ajv-compiler'
import stringifyCompiler from '@fastify/fast-json-stringify-compiler'
import type { FastifyServerOptions } from 'fastify'

type Factories = NonNullable<NonNullable<FastifyServerOptions['schemaController']>['compilersFactory']>
type Check = ((data: unknown) => unknown) & { errors?: unknown }

const buildCheck = ajvCompiler()
const buildWriter = stringifyCompiler()

/** For `schemaController` of a Fastify. A schema that cannot be compiled fails the first request to its route, not the start. */
export const lazyCompile: { compilersFactory: Factories } = {
  compilersFactory: {
    buildValidator: (schemas: Parameters<typeof buildCheck>[0], options: Parameters<typeof buildCheck>[1]) => {
      const compile = buildCheck(schemas, options) as unknown as (route: unknown) => Check
      return (route: unknown) => {
        let check: Check | undefined
        const later: Check = (data) => {
          check ??= compile(route)
          const isValid = check(data)
          // Where Fastify looks for what is wrong: on the function that it was given.
          later.errors = check.errors
          return isValid
        }
        return later
      }
    },
    buildSerializer: (schemas: unknown, options: Parameters<typeof buildWriter>[1]) => {
      const compile = buildWriter(schemas, options)
      return (route: Parameters<typeof compile>[0]) => {
        let write: ReturnType<typeof compile> | undefined
        return (body: unknown) => (write ??= compile(route))(body)
      }
    },
  } as unknown as Factories,
}
