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
    what: 'SIP over TLS, opened where its certificates are told',
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
    what: 'addresses of recording clients that may send calls; needed where `SELOSTE_SIP` is not a loopback address',
  },
  { names: ['SELOSTE_SDES_IN_CLEAR'], without: 'nobody', what: 'whose SRTP keys are taken without TLS' },
  { names: ['SELOSTE_RTP'], value: '127.0.0.1:30000-39999', what: 'media ports' },
  {
    names: ['DATABASE_URL'],
    without: 'none: embedded',
    what: '`postgres://...`, to use a PostgreSQL of your own, 15 or later',
    see: 'docs/operate/database-and-store.md',
  },
  {
    names: ['OBJECTS_URL'],
    without: 'none: `objects` below `SELOSTE_DATA`',
    what: 'where sealed recordings lie: `file:///...`, another folder, or `s3://bucket?endpoint=...`, a bucket',
    see: 'docs/operate/database-and-store.md',
  },
  {
    names: ['SELOSTE_DESCRIPTION'],
    without: 'the one that comes with Seloste, its ends and reviews at least three months ahead',
    what: 'the register description with which an installation begins; later versions come by the procedure',
  },
  {
    names: ['SELOSTE_SITES'],
    without: 'the description’s only storage site',
    what: 'which storage site of the description each place of data stands in: `data=server-room, database=vault`',
  },
  {
    names: ['SELOSTE_PUBLIC_URL'],
    without: '`http://localhost:port` on loopback',
    what: 'where browsers find the web; passkeys and the identity provider need it',
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
    what: 'signing in through the agency’s identity provider',
    see: 'docs/operate/sign-in-with-identity-provider.md',
  },
  {
    names: ['SELOSTE_WITNESSES'],
    without: 'none',
    what: 'who cosigns the audit log and the ledger',
    see: 'docs/operate/audit-log.md',
  },
  {
    names: ['SELOSTE_KEYS'],
    without: '`keys` below `SELOSTE_DATA`',
    what: 'a PKCS#11 token, or the transit engine of a Vault or OpenBao, from which keys never come out',
    see: 'docs/operate/keys.md',
  },
  {
    names: ['SELOSTE_BACKUPS', 'SELOSTE_BACKUP_KEY'],
    without: 'none',
    what: 'where backups go (folders, S3), and the key that they are sealed to',
    see: 'docs/operate/backup-and-restore.md',
  },
  { names: ['SELOSTE_BACKUP_AT'], value: '02.30', what: 'when the nightly backup begins, local time' },
  {
    names: ['SELOSTE_LEDGER'],
    without: 'none',
    what: 'more copies of the destruction ledger',
    see: 'docs/operate/places-of-data.md',
  },
  {
    names: ['SELOSTE_ENGINES'],
    without: 'none: transcripts are spoken by the voices that come with Seloste',
    what: 'a file that names an agency’s own programs for voices and recognition',
    see: 'docs/formats/voice-process.md',
  },
  {
    names: ['SELOSTE_TRUNKS'],
    without: 'none: each source is a trunk of its own',
    what: 'a file of trunks: which addresses are one telephone system, whose voice is where, their zone',
    see: 'docs/operate/recording-clients.md',
  },
  {
    names: ['SELOSTE_UNPLAYABLE'],
    value: 'history',
    what: 'what becomes of calls whose client offers only codecs that cannot be played: `history`, `keep`, `refuse`',
    see: 'docs/operate/secure-trunks.md#codecs',
  },
  {
    names: ['SELOSTE_FEEDS'],
    without: 'none: contacts come from recording clients alone',
    what: 'a file of telephone systems whose detail records are taken',
    see: 'docs/operate/feeds.md',
  },
  {
    names: ['SELOSTE_PROXIES'],
    without: 'this machine’s',
    what: 'addresses of proxies with TLS on other machines than the desk’s',
  },
  {
    names: ['SELOSTE_PROXY_HEADER'],
    value: 'x-forwarded-for',
    what: '`forwarded`: proxies say by `Forwarded` (RFC 7239) for whom they ask',
  },
  {
    names: ['SELOSTE_METRICS_SOURCES'],
    without: 'this machine',
    what: 'addresses that may read `/metrics` and details of `/health/ready` from elsewhere',
    see: 'docs/operate/metrics.md',
  },
  {
    names: ['SELOSTE_RUN', 'SELOSTE_DRAW_KEY'],
    without: 'within `SELOSTE_DATA`',
    what: 'where roles that are users of their own meet: their sockets, the secret of draws',
    see: 'docs/operate/several-machines.md',
  },
  {
    names: ['SELOSTE_NODE'],
    without: 'the machine’s name',
    what: 'what this capture is called where there are several',
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
    without: 'none: nobody asks',
    what: 'where phone systems ask whether a call is to be recorded, and with which token',
    see: 'docs/operate/decisions.md',
  },
  {
    names: ['SELOSTE_WEBHOOKS'],
    without: 'none: nobody is told',
    what: 'a file of systems that are told, by id, of contacts, recordings and destructions',
    see: 'docs/operate/webhooks.md',
  },
  {
    names: ['OTEL_EXPORTER_OTLP_ENDPOINT'],
    without: 'none: no traces',
    what: 'where traces go, OTLP over HTTP',
    see: 'docs/operate/traces.md',
  },
  {
    names: ['SELOSTE_CONFIG'],
    without: '`seloste.yaml` below `SELOSTE_DATA`, if there',
    what: 'a file with any of these settings',
  },
  {
    names: ['SELOSTE_CHECK_SECONDS'],
    value: '60',
    what: 'seconds between looks for promises whose check is due, 1 to 300',
  },
  {
    names: ['SELOSTE_DEMO_PASSWORD'],
    without: 'made up and printed',
    what: 'the password of the demo’s people',
  },
] as const satisfies readonly Row[]

type Known = (typeof settingsTable)[number]
export type SettingName = Known['names'][number]
/** Settings with a default value. */
export type ValuedName = Extract<Known, { value: string }>['names'][number]

/** Returns a setting from the environment or the file. */
export type Given = (name: SettingName) => string | undefined

const rows: readonly Row[] = settingsTable
export const settingNames: readonly SettingName[] = settingsTable.flatMap(({ names }): readonly SettingName[] => names)

/** Returns the default value. */
export function valueWithout(name: ValuedName): string {
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
