import { STATUS_CODES } from 'node:http'
import { operations } from './operations.ts'

type Schema = Record<string, unknown>
interface Operation {
  method: string
  url: string
  schema: {
    operationId: string
    summary: string
    params?: Schema
    querystring?: Schema
    body?: Schema
    response: Record<number, Schema>
  }
}

/** The API as an OpenAPI 3.1 document, made from {@link operations} alone. */
export function openApiDocument(version: string): Schema {
  const paths: Record<string, Schema> = {}
  for (const operation of Object.values(operations) as unknown as Operation[]) {
    const path = operation.url.replace(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [operation.method.toLowerCase()]: describe(operation) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Seloste',
      version,
      description: 'Contact history and call recordings, under a register description.',
    },
    components: { securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: 'seloste' } } },
    security: [{ session: [] }],
    paths,
  }
}

function describe({ schema }: Operation): Schema {
  return {
    operationId: schema.operationId,
    summary: schema.summary,
    parameters: [...parameters('path', schema.params), ...parameters('query', schema.querystring)],
    ...(schema.body && { requestBody: { required: true, content: { 'application/json': { schema: schema.body } } } }),
    responses: Object.fromEntries(
      Object.entries(schema.response).map(([status, body]) => [status, response(Number(status), body)]),
    ),
  }
}

function parameters(location: 'path' | 'query', schema: Schema | undefined): Schema[] {
  const required = new Set((schema?.['required'] as string[] | undefined) ?? [])
  return Object.entries((schema?.['properties'] as Record<string, Schema> | undefined) ?? {}).map(
    ([name, property]) => ({
      name,
      in: location,
      required: required.has(name),
      schema: property,
    }),
  )
}

function response(status: number, body: Schema): Schema {
  const description = STATUS_CODES[status] ?? String(status)
  if (body['content']) return { ...body }
  if (body['type'] === 'null') return { description }
  return { description, content: { 'application/json': { schema: body } } }
}
