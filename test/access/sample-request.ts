/**
 * Generates minimal requests that the contract accepts, from its schemas. Ids that are not given belong to no object.
 */
import { randomUUID } from 'node:crypto'
import { operations } from '#app/http/contract/operations.ts'
import { password } from '../database/people.ts'

export interface SampleRequest {
  method: string
  path: string
  json?: object
}

/** Values that replace the generated ones. */
export interface RequestOverrides {
  /** Path parameters. */
  parameters?: Readonly<Record<string, string>>
  /** Purpose and reference, for every operation that takes them. */
  access?: Readonly<Record<string, string>>
  /** Body fields. */
  body?: object
}

const today = Temporal.Now.plainDateISO('Europe/Helsinki')
const day = today.subtract({ days: 30 })
const earlier = day.subtract({ days: 31 })
const quarter = `${today.year}-Q${Math.ceil(today.month / 3)}`
const report = { day: day.toString(), time: '12:00', accuracy: 'HOURS', callerNumber: '040 123 4567' }
/** Bodies of operations that check the content before the permissions, and so would refuse a minimal body. */
const bodies: Readonly<Record<string, object>> = {
  giveSecondFactor: { otp: '000000' },
  askPasskey: { password },
  changePerson: { name: 'x', from: day.toString() },
  forbidUse: { party: 'CALLER', channel: 'CALL' },
  addSlots: { from: '09:00', to: '12:00' },
  nameCall: report,
  narrowCall: report,
  enterAuthorityDisclosure: { receivedAt: Temporal.Now.instant().toString() },
  changeAuthorityDisclosure: { receivedAt: Temporal.Now.instant().toString() },
  addInstitute: { email: 'kirjaamo@tutkimus.example' },
  changeInstitute: { email: 'kirjaamo@tutkimus.example' },
  beginResearch: { dueOn: '2099-01-01' },
  beginSamplingPlan: { number: '+35829497000' },
  enterRequest: { receivedAt: Temporal.Now.instant().toString() },
}

export function sampleRequest(id: keyof typeof operations, overrides: RequestOverrides = {}): SampleRequest {
  const { url, schema, method } = operations[id] as unknown as {
    url: string
    method: string
    schema: Record<string, Schema | undefined>
  }
  const { body, querystring, params } = schema
  const parameters: Record<string, string> = {
    month: earlier.toPlainYearMonth().toString(),
    quarter,
    ...overrides.parameters,
  }
  const path = url.replace(/:(\w+)/g, (_, name: string) =>
    encodeURIComponent(parameters[name] ?? String(sample(params?.properties?.[name] ?? {}))),
  )
  const withAccess = (wanted: Schema) => ({
    ...filled(wanted),
    ...Object.fromEntries(Object.entries(overrides.access ?? {}).filter(([name]) => name in (wanted.properties ?? {}))),
  })
  const query = querystring
    ? `?${new URLSearchParams(withAccess(querystring) as Record<string, string>).toString()}`
    : ''
  return {
    method,
    path: path + query,
    ...(body && { json: { ...withAccess(body), ...bodies[id], ...overrides.body } }),
  }
}

interface Schema {
  properties?: Record<string, Schema>
  required?: string[]
  type?: string
  format?: string
  enum?: unknown[]
  const?: unknown
  anyOf?: Schema[]
  items?: Schema
  minItems?: number
  minimum?: number
  minLength?: number
  pattern?: string
  default?: unknown
}

/** Builds the minimal value that a schema accepts. */
function filled({ properties = {}, required = [] }: Schema): Record<string, unknown> {
  return Object.fromEntries(
    required.map((name) => {
      const isInstant = properties[name]?.format === 'date-time'
      return [name, name === 'from' && isInstant ? `${earlier.toString()}T00:00:00Z` : sample(properties[name] ?? {})]
    }),
  )
}

function sample(schema: Schema): unknown {
  if (schema.const !== undefined) return schema.const
  if (schema.enum) return schema.enum[0]
  if (schema.anyOf) return sample(schema.anyOf[0] ?? {})
  switch (schema.type) {
    case 'object':
      return filled(schema)
    case 'array':
      return Array.from({ length: schema.minItems ?? 0 }, () => sample(schema.items ?? {}))
    case 'integer':
    case 'number':
      return schema.minimum ?? 1
    case 'boolean':
      return false
    default:
      if (schema.format === 'uuid') return randomUUID()
      if (schema.format === 'date') return day.toString()
      if (schema.format === 'date-time') return `${day.toString()}T00:00:00Z`
      return 'x'.repeat(Math.max(1, schema.minLength ?? 1))
  }
}
