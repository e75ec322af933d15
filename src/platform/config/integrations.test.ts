import { expect, test } from 'vitest'
import { readIntegrations } from './integrations.ts'

const read = (environment: Record<string, string>, hasCertificate = false) =>
  readIntegrations((name) => environment[name], '/nowhere', hasCertificate)

test('nothing is requested, sent or traced unless it is set', () => {
  expect(read({})).toEqual({ webhooksFile: undefined, decisions: undefined, traces: undefined })
})

test('decisions need a token or a certificate', () => {
  const listen = { host: '192.0.2.20', port: 8095 }
  const token = 'a token of twenty characters'
  expect(read({ SELOSTE_DECISIONS: '192.0.2.20:8095', SELOSTE_DECISIONS_TOKEN: token }).decisions).toEqual({
    ...{ listen, token },
  })
  expect(read({ SELOSTE_DECISIONS: '192.0.2.20:8095' }, true).decisions).toEqual({ listen, token: undefined })
  expect(() => read({ SELOSTE_DECISIONS: '192.0.2.20:8095' })).toThrow('open to everybody')
})

test('the endpoint of traces has no slash at its end', () => {
  const { traces } = read({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector.example:4318/' })
  expect(traces).toEqual({ endpoint: 'http://collector.example:4318' })
})

test.each([
  [{ SELOSTE_WEBHOOKS: 'webhooks.yaml' }, 'SELOSTE_WEBHOOKS is "webhooks.yaml"'],
  [
    { SELOSTE_DECISIONS: 'everywhere', SELOSTE_DECISIONS_TOKEN: 'a token of twenty characters' },
    'SELOSTE_DECISIONS is',
  ],
  [{ SELOSTE_DECISIONS_TOKEN: 'short' }, 'SELOSTE_DECISIONS_TOKEN is "(5 characters)"'],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' }, 'OTEL_EXPORTER_OTLP_ENDPOINT is'],
])('an error names its setting, and repeats no token: %j', (environment, message) => {
  expect(() => read(environment as Record<string, string>)).toThrow(message)
})
