/**
 * Compiles the schemas of a route at its first request. Compiling those of all three hundred routes would be most of the desk's
 * start time, and the desk must answer soon after a restart (K1).
 */
import ajvCompiler from '@fastify/ajv-compiler'
import stringifyCompiler from '@fastify/fast-json-stringify-compiler'
import type { FastifyServerOptions } from 'fastify'

type Factories = NonNullable<NonNullable<FastifyServerOptions['schemaController']>['compilersFactory']>
type Check = ((data: unknown) => unknown) & { errors?: unknown }

const buildCheck = ajvCompiler()
const buildWriter = stringifyCompiler()

/** For Fastify's `schemaController`. An invalid schema fails the first request to its route, not the start. */
export const lazyCompile: { compilersFactory: Factories } = {
  compilersFactory: {
    buildValidator: (schemas: Parameters<typeof buildCheck>[0], options: Parameters<typeof buildCheck>[1]) => {
      const compile = buildCheck(schemas, options) as unknown as (route: unknown) => Check
      return (route: unknown) => {
        let check: Check | undefined
        const lazyCheck: Check = (data) => {
          check ??= compile(route)
          const isValid = check(data)
          // Fastify reads errors from the function it was given.
          lazyCheck.errors = check.errors
          return isValid
        }
        return lazyCheck
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
