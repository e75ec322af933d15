import { isAbsolute } from 'node:path'
import { ConfigFault, wrongSetting } from './faults.ts'

/** Location of the custodian's keys. Paths are absolute. */
export type KeyStoreSettings =
  /** The folder `keys` of the data folder. */
  | { kind: 'file' }
  /** A token of a PKCS#11 module, by its label; `pinFile` holds the user PIN. */
  | { kind: 'pkcs11'; module: string; token: string; pinFile: string }
  /** The transit engine at `mount` of a Vault or OpenBao; `url` is its origin. Key names begin with `prefix`. */
  | {
      kind: 'vault'
      url: string
      mount: string
      prefix: string
      tokenFile: string
      namespace: string | undefined
      /** PEM file of the authority of its certificate; default: Node's authorities. */
      caFile: string | undefined
    }

const name = 'SELOSTE_KEYS'
const allowed = {
  any: 'nothing for a folder below SELOSTE_DATA, pkcs11:/path/module.so?token=...&pin-file=/path, or vault:https://host:8200?token-file=/path',
  pkcs11: 'pkcs11:/path/module.so?token=LABEL&pin-file=/path',
  vault:
    'vault:https://host:8200?token-file=/path, with &mount=, &prefix=, &namespace= and &ca-file=/path where they differ',
}

/**
 * Reads SELOSTE_KEYS.
 * @throws ConfigFault `setting-wrong`, without the value, which may contain a PIN or token
 */
export function readKeyStore(text: string | undefined): KeyStoreSettings {
  if (text === undefined) return { kind: 'file' }
  const address = text.replace(/\?.*$/s, '')
  const query = text.slice(address.length + 1)
  if (address.startsWith('pkcs11:')) return readPkcs11(address.slice('pkcs11:'.length), query)
  if (address.startsWith('vault:')) return readVault(address.slice('vault:'.length), query)
  throw wrongSetting(name, `${/^[a-z0-9]+:/.exec(address)?.[0] ?? ''}...`, allowed.any)
}

function readPkcs11(module: string, query: string): KeyStoreSettings {
  const parameter = readQuery(query, ['token', 'pin-file'], 'pkcs11')
  if (!isAbsolute(module)) throw wrongSetting(name, `pkcs11:${module}`, allowed.pkcs11)
  const token = parameter('token')
  if (token === undefined || Buffer.byteLength(token) > 32) {
    throw wrongSetting(name, 'pkcs11:... without a token of 1 to 32 bytes', allowed.pkcs11)
  }
  return { kind: 'pkcs11', module, token, pinFile: pathOf(parameter, 'pin-file', 'pkcs11') }
}

function readVault(address: string, query: string): KeyStoreSettings {
  const parameter = readQuery(query, ['mount', 'prefix', 'namespace', 'token-file', 'ca-file'], 'vault')
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (!url || url.username !== '' || url.password !== '' || url.pathname !== '/' || url.hash !== '') {
    throw wrongSetting(name, 'vault:... without a plain address', allowed.vault)
  }
  const isLocal = url.hostname === 'localhost' || url.hostname === '[::1]' || url.hostname.startsWith('127.')
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLocal)) {
    throw wrongSetting(name, `vault:${url.protocol}//...`, 'vault:https://..., or http at this machine’s own addresses')
  }
  const mount = parameter('mount') ?? 'transit'
  if (!/^\w[\w.-]*(\/\w[\w.-]*)*$/.test(mount))
    throw wrongSetting(name, 'vault:... with a mount that is not a path', allowed.vault)
  const prefix = parameter('prefix') ?? 'seloste-'
  if (!/^\w[\w.-]{0,40}$/.test(prefix)) {
    throw wrongSetting(name, 'vault:... with a prefix that Vault does not allow in a key name', allowed.vault)
  }
  const caFile = parameter('ca-file') === undefined ? undefined : pathOf(parameter, 'ca-file', 'vault')
  const tokenFile = pathOf(parameter, 'token-file', 'vault')
  return { kind: 'vault', url: url.origin, mount, prefix, tokenFile, namespace: parameter('namespace'), caFile }
}

type QueryReader = (parameter: string) => string | undefined

function readQuery(query: string, known: readonly string[], kind: 'pkcs11' | 'vault'): QueryReader {
  const parameters = new URLSearchParams(query)
  for (const parameter of parameters.keys()) {
    if (known.includes(parameter) && parameters.getAll(parameter).length === 1) continue
    const problem = known.includes(parameter) ? 'twice' : 'an unknown parameter'
    throw new ConfigFault(
      'setting-wrong',
      `${name} has "${parameter.slice(0, 20)}" in ${kind}:..., ${problem}: expected ${allowed[kind]}.`,
    )
  }
  // An empty parameter counts as unset.
  return (parameter) => parameters.get(parameter) || undefined
}

function pathOf(read: QueryReader, parameter: string, kind: 'pkcs11' | 'vault'): string {
  const path = read(parameter)
  if (path === undefined) throw wrongSetting(name, `${kind}:... without ${parameter}`, allowed[kind])
  if (!isAbsolute(path))
    throw wrongSetting(name, `${kind}:... with ${parameter}=${path}`, `${parameter}=/an/absolute/path`)
  return path
}
