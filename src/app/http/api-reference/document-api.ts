import { openApiDocument } from '../contract/openapi.ts'
import { refusals } from '../refuse.ts'

type Part = Record<string, unknown>

/** Descriptions of error statuses. The error code names the exact case. */
const statusWords: Record<number, string> = {
  400: 'The request is invalid; `field` names the invalid field, if it is a single one.',
  401: 'There is no session, or the sign-in needs another step.',
  403: 'The session has no right to this, or a confirmation is needed. The denial is logged.',
  404: 'The object does not exist, or is outside the access scope; the two are not distinguished.',
  409: 'Not possible in the present state.',
  410: 'The object no longer exists.',
  415: 'The body has an unsupported media type.',
  422: 'The content was refused; the response has all reasons.',
  429: 'Too many requests; wait, then try again.',
  500: 'Internal error.',
  503: 'Temporarily unavailable; try again.',
}

/** Descriptions of parameters whose schema has none. */
const parameterWords: Record<string, string> = {
  id: 'Id of the object',
  callId: 'Id of the call within the request',
  item: 'Number of the item within the disclosure',
  person: 'Id of the person in the directory',
  cursor: '`next` of the previous page; absent for the first page',
  limit: 'Maximum number of items in the response',
  from: 'Start: this instant or day (inclusive)',
  to: 'End: before this instant, or until the end of this day',
  state: 'Only items in this state',
  kind: 'Only items of this kind',
  by: 'Grouping of the rows',
  q: 'Search text',
}

/**
 * Returns the OpenAPI document of the contract, with tags, descriptions of error statuses and codes, and the endpoints for
 * machines (metrics, health).
 */
export function documentApi(version: string): Part {
  const document = openApiDocument(version)
  const paths = document['paths'] as Record<string, Record<string, Part>>
  const groups = new Set<string>()
  const documented = Object.entries(paths).map(([path, methods]): [string, Part] => {
    const group = path.split('/')[2] ?? 'api'
    groups.add(group)
    const operations = Object.entries(methods).map(([method, operation]): [string, Part] => [
      method,
      {
        tags: [group],
        ...operation,
        parameters: (operation['parameters'] as Part[]).map(describeParameter),
        responses: describeResponses(operation['responses'] as Record<string, Part>),
      },
    ])
    return [path, Object.fromEntries(operations)]
  })
  return {
    ...document,
    info: { ...(document['info'] as Part), license: { name: 'EUPL-1.2', identifier: 'EUPL-1.2' } },
    tags: [...groups, 'machines'].sort().map((name) => ({ name })),
    components: { ...(document['components'] as Part), responses: errorResponses() },
    paths: { ...Object.fromEntries(documented), ...operationalEndpoints() },
  }
}

function describeParameter(parameter: Part): Part {
  const { name, schema } = parameter as { name: string; schema: { description?: string } }
  const description = schema.description ?? parameterWords[name]
  return description === undefined ? parameter : { ...parameter, description }
}

const isError = (status: string | number) => Number(status) >= 400

/** Replaces errors of the common shape by a reference to it. Errors of another shape are unchanged. */
function describeResponses(responses: Record<string, Part>): Record<string, Part> {
  return Object.fromEntries(
    Object.entries(responses).map(([status, response]) => [
      status,
      isError(status) && isErrorBody(response) ? { $ref: `#/components/responses/${status}` } : response,
    ]),
  )
}

function isErrorBody(response: Part): boolean {
  const schema = (response['content'] as Record<string, { schema?: Part }> | undefined)?.['application/json']?.schema
  return Object.keys((schema?.['properties'] as Part | undefined) ?? {}).join() === 'error'
}

function errorResponses(): Record<string, Part> {
  const statuses = new Set([
    ...Object.keys(statusWords).map(Number),
    ...Object.values(refusals).map(([status]) => status),
  ])
  return Object.fromEntries([...statuses].sort().map((status) => [String(status), errorResponse(status)]))
}

function errorResponse(status: number): Part {
  const codes = Object.entries(refusals).filter(([, [of]]) => of === status)
  const list = codes.map(([code, [, message]]) => `- \`${code}\`: ${message}`).join('\n')
  const error = {
    type: 'object',
    required: ['code', 'message'],
    properties: {
      code: { type: 'string', enum: codes.map(([code]) => code), description: 'Stable code, for programs' },
      message: { type: 'string', description: 'What is wrong and what to do, in English' },
      field: { type: 'string', description: 'The field with the problem' },
    },
  }
  if (codes.length === 0) delete (error.properties.code as Part)['enum']
  return {
    description: [statusWords[status] ?? `Status ${status}.`, list].filter(Boolean).join('\n\n'),
    content: { 'application/json': { schema: { type: 'object', required: ['error'], properties: { error } } } },
  }
}

/** Returns the endpoints that need no session, for operators. */
function operationalEndpoints(): Record<string, Part> {
  const get = (operationId: string, summary: string, responses: Part) => ({
    get: { tags: ['machines'], operationId, summary, security: [], parameters: [], responses },
  })
  const json = (properties: Part) => ({ 'application/json': { schema: { type: 'object', properties } } })
  const missing = { type: 'array', items: { type: 'string' } }
  const text = { type: 'string' }
  const blocker = {
    type: 'object',
    properties: { kind: text, code: text, about: text, of: text, since: text, standsStill: text, remedy: text },
  }
  const ready = { ready: { type: 'boolean' }, missing, blockers: { type: 'array', items: blocker } }
  return {
    '/health/live': get('readLive', 'Liveness of the desk', {
      200: { description: 'The desk runs', content: json({ live: { type: 'boolean' } }) },
    }),
    '/health/ready': get('readReady', 'Readiness of all components; answers within two seconds', {
      200: { description: 'All components work', content: json(ready) },
      503: {
        description:
          'Not ready. For operators: `missing` lists components that do not answer, `blockers` what is blocked, since when, and what to do',
        content: json(ready),
      },
    }),
    '/health/serving': get('readServing', 'Readiness of this desk, for load balancers', {
      200: { description: 'This desk can serve requests', content: json({ serving: { type: 'boolean' }, missing }) },
      503: {
        description: 'This desk cannot serve requests. For operators: `missing` lists components that do not answer',
        content: json({ serving: { type: 'boolean' }, missing }),
      },
    }),
    '/metrics': get('readMetrics', 'Metrics of all processes, for Prometheus', {
      403: { description: 'The client is neither on this machine nor in the networks of SELOSTE_METRICS_SOURCES' },
      200: { description: 'Text format 0.0.4', content: { 'text/plain': { schema: { type: 'string' } } } },
    }),
  }
}
