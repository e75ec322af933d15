import { resolve } from 'node:path'
import { statSync } from 'node:fs'
import { wrongSetting } from './faults.ts'
import { settingNames, type SettingReader } from './settings-table.ts'

/** Settings of the agency's OpenID provider (docs/operate/sign-in-with-identity-provider.md). */
export interface IdentityProviderSettings {
  /** SELOSTE_OIDC_ISSUER: the issuer identifier, without the path of its discovery document. */
  issuer: string
  /** SELOSTE_OIDC_CLIENT_ID. */
  clientId: string
  /** SELOSTE_OIDC_CLIENT_SECRET_FILE, absolute: a file with the client's secret on one line. */
  clientSecretFile: string
  /** SELOSTE_OIDC_NAME: its name on the sign-in page; default: the issuer's host name. */
  name: string
  /** SELOSTE_OIDC_CLAIM: the claim that identifies a person at the first sign-in; `sub` identifies them from then on. */
  claim: string
  /** SELOSTE_OIDC_MATCH: whether that claim is a user id of the directory or the SCIM externalId. */
  match: 'userId' | 'externalId'
  /** SELOSTE_OIDC_ACR: the authentication contexts to request; they count as two factors. */
  acr: string[]
  /** SELOSTE_OIDC_MAX_AGE: maximum seconds since the provider authenticated the person; unlimited if unset. */
  maxAgeSeconds?: number
}

/** Settings of the provider where requesters identify strongly (docs/operate/asking-from-home.md). */
export interface RequesterIdentitySettings {
  /** SELOSTE_REQUESTERS_OIDC_ISSUER. */
  issuer: string
  /** SELOSTE_REQUESTERS_OIDC_CLIENT_ID. */
  clientId: string
  /** SELOSTE_REQUESTERS_OIDC_CLIENT_SECRET_FILE, absolute. */
  clientSecretFile: string
  /** SELOSTE_REQUESTERS_OIDC_NAME: its name on the page; default: the issuer's host name. */
  name: string
  /** SELOSTE_REQUESTERS_OIDC_CLAIM: the claim that is the same each time a person identifies. */
  claim: string
  /** SELOSTE_REQUESTERS_OIDC_NAME_CLAIM: the claim with the person's name. */
  nameClaim: string
  /** SELOSTE_REQUESTERS_OIDC_SCOPES. */
  scopes: string
  /** SELOSTE_REQUESTERS_OIDC_ACR: the authentication contexts that count as strong; others are refused. */
  acr: string[]
}

const loopbackHosts = ['localhost', '127.0.0.1', '[::1]']

/**
 * Reads the settings of the identity provider; undefined if no issuer is set.
 * @param given returns a setting by name
 * @throws ConfigFault `setting-wrong`
 */
export function readIdentityProvider(given: SettingReader, folder: string): IdentityProviderSettings | undefined {
  const issuer = given('SELOSTE_OIDC_ISSUER')
  if (issuer === undefined) {
    const alone = settingNames.find((name) => name.startsWith('SELOSTE_OIDC_') && given(name) !== undefined)
    if (alone !== undefined) throw wrongSetting('SELOSTE_OIDC_ISSUER', '', `the provider’s issuer, as ${alone} is set`)
    return undefined
  }
  const client = readClient('SELOSTE_OIDC', issuer, given, folder)
  const match = given('SELOSTE_OIDC_MATCH') ?? 'userId'
  if (match !== 'userId' && match !== 'externalId')
    throw wrongSetting('SELOSTE_OIDC_MATCH', match, 'userId or externalId')
  const maxAge = given('SELOSTE_OIDC_MAX_AGE')
  if (maxAge !== undefined && !/^[1-9]\d{0,6}$/.test(maxAge))
    throw wrongSetting('SELOSTE_OIDC_MAX_AGE', maxAge, 'a number of seconds, as 28800')
  return {
    ...client,
    claim: given('SELOSTE_OIDC_CLAIM') ?? 'preferred_username',
    match,
    acr: wordsOf(given('SELOSTE_OIDC_ACR')),
    ...(maxAge !== undefined && { maxAgeSeconds: Number(maxAge) }),
  }
}

/**
 * Reads the settings of the provider where requesters identify; undefined if no issuer is set.
 * @throws ConfigFault `setting-wrong`
 */
export function readRequesterIdentity(given: SettingReader, folder: string): RequesterIdentitySettings | undefined {
  const prefix = 'SELOSTE_REQUESTERS_OIDC'
  const issuer = given(`${prefix}_ISSUER`)
  if (issuer === undefined) {
    const alone = settingNames.find((name) => name.startsWith(`${prefix}_`) && given(name) !== undefined)
    if (alone !== undefined) throw wrongSetting(`${prefix}_ISSUER`, '', `the provider’s issuer, as ${alone} is set`)
    return undefined
  }
  const client = readClient(prefix, issuer, given, folder)
  const acr = wordsOf(given(`${prefix}_ACR`))
  if (acr.length === 0)
    throw wrongSetting(`${prefix}_ACR`, '', 'the provider’s authentication contexts that are strong identification')
  return {
    ...client,
    claim: given(`${prefix}_CLAIM`) ?? 'sub',
    nameClaim: given(`${prefix}_NAME_CLAIM`) ?? 'name',
    scopes: given(`${prefix}_SCOPES`) ?? 'openid profile',
    acr,
  }
}

function readClient(
  prefix: 'SELOSTE_OIDC' | 'SELOSTE_REQUESTERS_OIDC',
  issuer: string,
  given: SettingReader,
  folder: string,
) {
  const address = parseWebAddress(issuer)
  if (!address || address.search || address.hash) {
    throw wrongSetting(`${prefix}_ISSUER`, issuer, 'the provider’s issuer, as https://login.agency.example')
  }
  const clientId = given(`${prefix}_CLIENT_ID`)
  if (clientId === undefined) throw wrongSetting(`${prefix}_CLIENT_ID`, '', 'the client id of Seloste at the provider')
  const secret = given(`${prefix}_CLIENT_SECRET_FILE`)
  const clientSecretFile = secret === undefined ? undefined : resolve(folder, secret)
  if (clientSecretFile === undefined || !statSync(clientSecretFile, { throwIfNoEntry: false })?.isFile()) {
    throw wrongSetting(`${prefix}_CLIENT_SECRET_FILE`, secret ?? '', 'the path of an existing file')
  }
  return { issuer, clientId, clientSecretFile, name: given(`${prefix}_NAME`) ?? address.hostname }
}

function wordsOf(text = ''): string[] {
  return text.split(/[\s,]+/).filter((one) => one !== '')
}

/**
 * Reads SELOSTE_PUBLIC_URL: the origin of the web interface. Passkeys are bound to it and the identity provider redirects to
 * it, so it is never taken from a request.
 * @throws ConfigFault `setting-wrong`
 */
export function parsePublicUrl(text: string): string {
  const address = parseWebAddress(text)
  if (!address || address.pathname !== '/' || address.search || address.hash) {
    throw wrongSetting('SELOSTE_PUBLIC_URL', text, 'where browsers reach Seloste, as https://seloste.agency.example')
  }
  return address.origin
}

/** Parses a web address without user info; http only on loopback. */
function parseWebAddress(text: string): URL | undefined {
  if (!URL.canParse(text)) return undefined
  const url = new URL(text)
  const safe = url.protocol === 'https:' || (url.protocol === 'http:' && loopbackHosts.includes(url.hostname))
  return safe && url.username === '' && url.password === '' ? url : undefined
}
