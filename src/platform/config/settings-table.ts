/**
 * Every setting: names, default, meaning. docs/operate/settings.md is generated from it (`npm run generate`), a settings file
 * may have these names, and `seloste doctor` lists which are set.
 */
interface Row {
  /** Settings that are set together. */
  names: readonly [string, ...string[]]
  /** Default value. */
  value?: string
  /** Default behaviour, where the default is no value. */
  without?: string
  what: string
  /** Document with details. */
  see?: string
}

export const settingsTable = [
  { names: ['SELOSTE_DATA'], value: './var', what: 'everything embedded: database, objects, keys, logs' },
  { names: ['SELOSTE_HTTP'], value: '127.0.0.1:8080', what: 'web pages and API' },
  { names: ['SELOSTE_SIP'], value: '127.0.0.1:5060', what: 'SIP over UDP and TCP' },
  {
    names: ['SELOSTE_SIPS'],
    value: '127.0.0.1:5061',
    what: 'SIP over TLS, opened if its certificates are set',
  },
  {
    names: ['SELOSTE_SIPS_CERTIFICATE', 'SELOSTE_SIPS_KEY', 'SELOSTE_SIPS_CLIENTS'],
    without: 'none',
    what: 'PEM files of SIP over TLS',
    see: 'docs/operate/secure-trunks.md',
  },
  {
    names: ['SELOSTE_SIP_SOURCES'],
    without: 'none: this machine',
    what: 'addresses of recording clients that may send calls; required if `SELOSTE_SIP` is not a loopback address',
  },
  { names: ['SELOSTE_SDES_IN_CLEAR'], without: 'nobody', what: 'addresses whose SRTP keys are accepted without TLS' },
  { names: ['SELOSTE_RTP'], value: '127.0.0.1:30000-39999', what: 'address and UDP port range of media (RTP, RTCP)' },
  {
    names: ['DATABASE_URL'],
    without: 'none: embedded',
    what: '`postgres://...`: your own PostgreSQL, 15 or later',
    see: 'docs/operate/database-and-store.md',
  },
  {
    names: ['SELOSTE_DATABASE_ADMINISTRATORS'],
    without: 'none besides the server’s first superuser and the owner',
    what: 'roles of the site’s own administrators, replicas and backups, which may read the whole database: `second_dba, standby`',
    see: 'docs/operate/database-and-store.md',
  },
  {
    names: ['OBJECTS_URL'],
    without: 'none: `objects` below `SELOSTE_DATA`',
    what: 'store of sealed recordings: `file:///...`, another folder, or `s3://bucket?endpoint=...`, a bucket',
    see: 'docs/operate/database-and-store.md',
  },
  {
    names: ['SELOSTE_DESCRIPTION'],
    without: 'the one that comes with Seloste, with end dates and reviews moved to three months from now or later',
    what: 'the register description with which an installation begins; later versions are approved in the web',
  },
  {
    names: ['SELOSTE_SITES'],
    without: 'the description’s only storage site',
    what: 'storage site of the description for each place of data: `data=server-room, database=vault`',
  },
  {
    names: ['SELOSTE_PUBLIC_URL'],
    without: '`http://localhost:port` on loopback',
    what: 'address at which browsers reach the web; passkeys and the identity provider need it',
  },
  {
    names: [
      'SELOSTE_OIDC_ISSUER',
      'SELOSTE_OIDC_CLIENT_ID',
      'SELOSTE_OIDC_CLIENT_SECRET_FILE',
      'SELOSTE_OIDC_NAME',
      'SELOSTE_OIDC_CLAIM',
      'SELOSTE_OIDC_MATCH',
      'SELOSTE_OIDC_ACR',
      'SELOSTE_OIDC_MAX_AGE',
    ],
    without: 'none',
    what: 'sign-in through the agency’s identity provider',
    see: 'docs/operate/sign-in-with-identity-provider.md',
  },
  {
    names: [
      'SELOSTE_REQUESTERS_OIDC_ISSUER',
      'SELOSTE_REQUESTERS_OIDC_CLIENT_ID',
      'SELOSTE_REQUESTERS_OIDC_CLIENT_SECRET_FILE',
      'SELOSTE_REQUESTERS_OIDC_NAME',
      'SELOSTE_REQUESTERS_OIDC_CLAIM',
      'SELOSTE_REQUESTERS_OIDC_NAME_CLAIM',
      'SELOSTE_REQUESTERS_OIDC_SCOPES',
      'SELOSTE_REQUESTERS_OIDC_ACR',
    ],
    without: 'none',
    what: 'strong identification of those who send requests from home',
    see: 'docs/operate/asking-from-home.md',
  },
  {
    names: ['SELOSTE_WITNESSES'],
    without: 'none',
    what: 'witnesses that cosign the audit log and the ledger',
    see: 'docs/operate/audit-log.md',
  },
  {
    names: ['SELOSTE_KEYS'],
    without: '`keys` below `SELOSTE_DATA`',
    what: 'key store: a PKCS#11 token, or the transit engine of a Vault or OpenBao, which never release keys',
    see: 'docs/operate/keys.md',
  },
  {
    names: ['SELOSTE_BACKUPS', 'SELOSTE_BACKUP_KEY'],
    without: 'none',
    what: 'places of backups (folders, S3), and the key that backups are sealed to',
    see: 'docs/operate/backup-and-restore.md',
  },
  { names: ['SELOSTE_BACKUP_AT'], value: '02.30', what: 'time of the nightly backup, local time' },
  {
    names: ['SELOSTE_LEDGER'],
    without: 'none',
    what: 'places of further copies of the destruction ledger',
    see: 'docs/operate/places-of-data.md',
  },
  {
    names: ['SELOSTE_ENGINES'],
    without: 'none: Seloste’s own voices speak transcripts',
    what: 'file of the agency’s own voice and recognition programs',
    see: 'docs/formats/voice-process.md',
  },
  {
    names: ['SELOSTE_TRUNKS'],
    without: 'none: each source is a trunk of its own',
    what: 'file of trunks: addresses that are one telephone system, whose voice is on which stream, time zone',
    see: 'docs/operate/recording-clients.md',
  },
  {
    names: ['SELOSTE_UNPLAYABLE'],
    value: 'history',
    what: 'what happens to calls whose client offers only unplayable codecs: `history`, `keep`, `refuse`',
    see: 'docs/operate/secure-trunks.md#codecs',
  },
  {
    names: ['SELOSTE_FEEDS'],
    without: 'none: contacts come from recording clients only',
    what: 'file of telephone systems whose detail records are read',
    see: 'docs/operate/feeds.md',
  },
  {
    names: ['SELOSTE_PROXIES'],
    without: 'this machine’s',
    what: 'addresses of TLS proxies on other machines than the desk’s',
  },
  {
    names: ['SELOSTE_PROXY_HEADER'],
    value: 'x-forwarded-for',
    what: '`forwarded`: proxies name their visitor in `Forwarded` (RFC 7239)',
  },
  {
    names: ['SELOSTE_METRICS_SOURCES'],
    without: 'this machine',
    what: 'other addresses that may read `/metrics` and details of `/health/ready`',
    see: 'docs/operate/metrics.md',
  },
  {
    names: ['SELOSTE_RUN', 'SELOSTE_DRAW_KEY'],
    without: 'within `SELOSTE_DATA`',
    what: 'shared by roles under separate users: the folder of their sockets, and the draw key',
    see: 'docs/operate/several-machines.md',
  },
  {
    names: ['SELOSTE_NODE'],
    without: 'the machine’s name',
    what: 'name of this capture if there are several',
    see: 'docs/operate/several-machines.md',
  },
  {
    names: [
      'SELOSTE_CUSTODIAN',
      'SELOSTE_CUSTODIAN_LISTEN',
      'SELOSTE_CUSTODIAN_DESKS',
      'SELOSTE_LINK_CERTIFICATE',
      'SELOSTE_LINK_KEY',
      'SELOSTE_LINK_AUTHORITIES',
    ],
    without: 'none: over a socket',
    what: 'custodian and desk on two machines, over TLS with certificates on both sides',
    see: 'docs/operate/several-machines.md',
  },
  {
    names: ['SELOSTE_DECISIONS', 'SELOSTE_DECISIONS_TOKEN'],
    without: 'none: closed',
    what: 'address at which telephone systems ask whether a call will be recorded, and their token',
    see: 'docs/operate/decisions.md',
  },
  {
    names: ['SELOSTE_WEBHOOKS'],
    without: 'none: nobody is notified',
    what: 'file of systems that are notified, by id, of contacts, recordings and destructions',
    see: 'docs/operate/webhooks.md',
  },
  {
    names: ['OTEL_EXPORTER_OTLP_ENDPOINT'],
    without: 'none: no traces',
    what: 'collector of traces, OTLP over HTTP',
    see: 'docs/operate/traces.md',
  },
  {
    names: ['SELOSTE_CONFIG'],
    without: '`seloste.yaml` below `SELOSTE_DATA`, if it exists',
    what: 'file with any of these settings',
  },
  {
    names: ['SELOSTE_CHECK_SECONDS'],
    value: '60',
    what: 'seconds between quick rounds of promise checks, 1 to 300',
  },
  {
    names: ['SELOSTE_DEMO_PASSWORD'],
    without: 'random and printed',
    what: 'the password of the demo’s people',
  },
] as const satisfies readonly Row[]

type Known = (typeof settingsTable)[number]
export type SettingName = Known['names'][number]
/** Settings with a default value. */
export type NameWithDefault = Extract<Known, { value: string }>['names'][number]

/** Returns a setting from the environment or the file. */
export type SettingReader = (name: SettingName) => string | undefined

const rows: readonly Row[] = settingsTable
export const settingNames: readonly SettingName[] = settingsTable.flatMap(({ names }): readonly SettingName[] => names)

/** Returns the default value. */
export function defaultValue(name: NameWithDefault): string {
  return rows.find(({ names }) => names.includes(name))!.value!
}

/** Returns the table of docs/operate/settings.md. */
export function describeSettings(): string {
  const lines = rows.map(({ names, value, without, what, see }) => {
    const listed = names.map((name) => `\`${name}\``).join(', ')
    const more = see === undefined ? '' : `: [more](${see.replace('docs/operate/', '').replace('docs/', '../')})`
    return `| ${listed} | ${value === undefined ? without : `\`${value}\``} | ${what}${more} |`
  })
  return ['| setting | default | what it is |', '|---|---|---|', ...lines].join('\n')
}
