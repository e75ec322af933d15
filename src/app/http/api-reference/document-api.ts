import { openApiDocument } from '../contract/openapi.ts'
import { refusals } from '../refuse.ts'

type Part = Record<string, unknown>

/** Descriptions of error statuses. The error code names the exact case. */
const statusWords: Record<number, string> = {
  400: 'What was asked cannot be: `field` names what is wrong, where one is.',
  401: 'There is no session, or signing in needs more.',
  403: 'The session has no right to this, or it needs a confirmation. It is in the access log.',
  404: 'There is no such thing, or none that this right reaches: the two are not told apart.',
  409: 'It is not possible as things are.',
  410: 'It was there and is over.',
  415: 'The body is of another type.',
  422: 'What was sent can be read and cannot be taken; every reason is told.',
  429: 'Too many in a short time: wait, then ask again.',
  500: 'A fault of the program.',
  503: 'It cannot be answered now: ask again.',
}

/** Descriptions of parameters whose schema has none. */
const parameterWords: Record<string, string> = {
  id: 'Of the thing that the path names',
  callId: 'Of the call within the request',
  item: 'Of the item within the disclosure',
  person: 'Of the person, in the directory',
  cursor: 'What the page before told as `next`; the first page without it',
  limit: 'Most items in one answer',
  from: 'Not before this instant or day',
  to: 'Before this instant, or until the end of this day',
  state: 'Only what is in this state',
  kind: 'Only of this kind',
  by: 'What the rows are of',
  q: 'Words that are looked for',
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
    paths: { ...Object.fromEntries(documented), ...forMachines() },
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
      code: { type: 'string', enum: codes.map(([code]) => code), description: 'Stable; what a program looks at' },
      message: { type: 'string', description: 'What was wrong and what to do, in English' },
      field: { type: 'string', description: 'The field that it is about' },
    },
  }
  if (codes.length === 0) delete (error.properties.code as Part)['enum']
  return {
    description: [statusWords[status] ?? `Status ${status}.`, list].filter(Boolean).join('\n\n'),
    content: { 'application/json': { schema: { type: 'object', required: ['error'], properties: { error } } } },
  }
}

/** Returns the endpoints that need no session, for operators. */
function forMachines(): Record<string, Part> {
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
    '/health/live': get('readLive', 'Whether the desk runs', {
      200: { description: 'It runs', content: json({ live: { type: 'boolean' } }) },
    }),
    '/health/ready': get('readReady', 'Whether everything does its work; answered within two seconds', {
      200: { description: 'It does', content: json(ready) },
      503: {
        description:
          'It does not; `missing` names the parts that do not answer, `blockers` what stands still, since when and what to do; both for operators',
        content: json(ready),
      },
    }),
    '/health/serving': get('readServing', 'Whether people can be served, for load balancers', {
      200: { description: 'They can', content: json({ serving: { type: 'boolean' }, missing }) },
      503: {
        description: 'They cannot; `missing` names the parts that do not answer, for operators',
        content: json({ serving: { type: 'boolean' }, missing }),
      },
    }),
    '/metrics': get('readMetrics', 'Numbers of every process, for Prometheus', {
      403: { description: 'Read from elsewhere than this machine or the networks of SELOSTE_METRICS_SOURCES' },
      200: { description: 'Text format 0.0.4', content: { 'text/plain': { schema: { type: 'string' } } } },
    }),
  }
}
