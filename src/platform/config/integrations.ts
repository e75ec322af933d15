import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseEndpoint, type Endpoint } from './addresses.ts'
import { ConfigFault, wrongSetting } from './faults.ts'
import type { SettingReader } from './settings-table.ts'

/** Settings for connections with other systems. */
export type IntegrationSettings = {
  /** SELOSTE_WEBHOOKS: file of the systems that receive events (docs/operate/webhooks.md). */
  webhooksFile: string | undefined
  /** SELOSTE_DECISIONS: where phone systems request recording decisions. */
  decisions: { listen: Endpoint; token: string | undefined } | undefined
  /** OTEL_EXPORTER_OTLP_ENDPOINT: where traces are sent, OTLP over HTTP. */
  traces: { endpoint: string } | undefined
}

const minTokenLength = 16

/** @throws ConfigFault `setting-wrong` */
export function readIntegrations(given: SettingReader, folder: string, hasCertificate: boolean): IntegrationSettings {
  const webhooks = given('SELOSTE_WEBHOOKS')
  const decisions = given('SELOSTE_DECISIONS')
  const token = given('SELOSTE_DECISIONS_TOKEN')
  const endpoint = given('OTEL_EXPORTER_OTLP_ENDPOINT')
  if (webhooks !== undefined && !statSync(resolve(folder, webhooks), { throwIfNoEntry: false })?.isFile()) {
    throw wrongSetting('SELOSTE_WEBHOOKS', webhooks, 'the path of an existing webhooks file')
  }
  if (token !== undefined && token.length < minTokenLength) {
    throw wrongSetting(
      'SELOSTE_DECISIONS_TOKEN',
      `(${token.length} characters)`,
      `${minTokenLength} characters or more`,
    )
  }
  if (decisions !== undefined && token === undefined && !hasCertificate) {
    throw new ConfigFault(
      'setting-wrong',
      'SELOSTE_DECISIONS is open to everybody: set SELOSTE_DECISIONS_TOKEN, or SELOSTE_SIPS_CERTIFICATE with its key and SELOSTE_SIPS_CLIENTS, so that telephone systems authenticate.',
    )
  }
  return {
    webhooksFile: webhooks === undefined ? undefined : resolve(folder, webhooks),
    decisions: decisions === undefined ? undefined : { listen: parseEndpoint('SELOSTE_DECISIONS', decisions), token },
    traces: endpoint === undefined ? undefined : { endpoint: checkEndpoint(endpoint) },
  }
}

function checkEndpoint(text: string): string {
  const isAddress = URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)
  if (!isAddress) throw wrongSetting('OTEL_EXPORTER_OTLP_ENDPOINT', text, 'http://host:4318, or https://…')
  return text.replace(/\/+$/, '')
}
