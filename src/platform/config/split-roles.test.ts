import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { readSettings } from './settings.ts'

const folder = mkdtempSync(join(tmpdir(), 'settings-split-roles-'))
afterAll(() => rmSync(folder, { recursive: true }))
writeFileSync(join(folder, 'file'), '')

const link = {
  SELOSTE_LINK_CERTIFICATE: 'desk.pem',
  SELOSTE_LINK_KEY: 'desk.key',
  SELOSTE_LINK_AUTHORITIES: '/etc/ca.pem',
}
const messageFor = (environment: Record<string, string>) => {
  try {
    readSettings(environment, folder)
  } catch (error) {
    return (error as Error).message
  }
  throw new Error('the settings were accepted')
}

test('roles that run separately have folders of sockets, a shared draw key and a custodian on another machine', () => {
  const linkFiles = {
    certificate: join(folder, 'desk.pem'),
    key: join(folder, 'desk.key'),
    authorities: '/etc/ca.pem',
  }
  const desk = {
    SELOSTE_NODE: 'north-1',
    SELOSTE_RUN: 'run',
    SELOSTE_PROXIES: '192.0.2.0/28',
    SELOSTE_PROXY_HEADER: 'Forwarded',
    SELOSTE_CUSTODIAN: 'https://custodian.example:8443',
    ...link,
  }
  expect(readSettings(desk, folder).splitRoles).toEqual({
    node: 'north-1',
    metricsSources: [],
    socketsFolder: join(folder, 'run'),
    drawKeyFile: undefined,
    custodian: { host: 'custodian.example', port: 8443 },
    custodianListen: undefined,
    desks: [],
    proxies: ['192.0.2.0/28'],
    proxyHeader: 'forwarded',
    linkFiles,
  })
  const custodian = {
    SELOSTE_DRAW_KEY: 'draw.key',
    SELOSTE_CUSTODIAN_LISTEN: '[::]:8443',
    SELOSTE_CUSTODIAN_DESKS: 'desk-1.example, 192.0.2.7',
    ...link,
  }
  expect(readSettings(custodian, folder).splitRoles).toMatchObject({
    drawKeyFile: join(folder, 'draw.key'),
    custodianListen: { host: '::', port: 8443 },
    desks: ['desk-1.example', '192.0.2.7'],
  })
})

test.each([
  [{ SELOSTE_RUN: 'file' }, 'SELOSTE_RUN is'],
  [{ SELOSTE_CUSTODIAN: 'custodian.example:8443', ...link }, 'SELOSTE_CUSTODIAN is'],
  [{ SELOSTE_CUSTODIAN: 'http://custodian.example:8443', ...link }, 'expected https://NAME:PORT'],
  [{ SELOSTE_CUSTODIAN: 'https://custodian.example', ...link }, 'expected https://NAME:PORT'],
  [
    { SELOSTE_CUSTODIAN: 'https://custodian.example:8443' },
    'SELOSTE_CUSTODIAN is set without SELOSTE_LINK_CERTIFICATE',
  ],
  [{ SELOSTE_CUSTODIAN_LISTEN: '0.0.0.0:8443', ...link }, 'SELOSTE_CUSTODIAN_DESKS is empty'],
  [{ SELOSTE_CUSTODIAN_DESKS: 'desk 1' }, 'SELOSTE_CUSTODIAN_DESKS is "desk 1"'],
  [{ SELOSTE_PROXIES: 'proxy.example' }, 'SELOSTE_PROXIES is "proxy.example"'],
  [{ SELOSTE_PROXY_HEADER: 'via' }, 'x-forwarded-for or forwarded'],
  [{ SELOSTE_LINK_KEY: 'desk.key' }, 'set all or none'],
])('%j is refused in one line with the allowed values', (environment, message) => {
  expect(messageFor(environment as Record<string, string>)).toContain(message)
})

test('a password in the custodian’s address is not repeated', () => {
  const message = messageFor({ SELOSTE_CUSTODIAN: 'https://me:salainen@custodian.example:8443', ...link })
  expect(message).not.toContain('salainen')
})
