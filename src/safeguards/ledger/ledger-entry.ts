/**
 * What the ledger can say, kind by kind: ids, counts, instants, places and receipts, no content (R52). In: an entry. Out:
 * what is wrong with it, if anything. Never here: a database, a hash.
 */
import Type, { type Static, type TProperties } from 'typebox'
import { Compile } from 'typebox/compile'

const uuid = Type.String({ pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' })
/** RFC 3339, UTC. */
const instant = Type.String({
  pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,9})?Z$',
  maxLength: 30,
})
const sha256 = Type.String({ pattern: '^[0-9a-f]{64}$' })
const count = Type.Integer({ minimum: 0 })
const keyName = Type.String({ pattern: '^[a-z0-9][a-z0-9.-]{0,62}$' })
const day = Type.String({ pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' })
const month = Type.String({ pattern: '^[0-9]{4}-[0-9]{2}$' })
/** A process or a job (`sweep`), or the id of a person. */
const doneBy = Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,62}$' })
const closed = { additionalProperties: false }
const oneOf = <const Value extends string>(...values: Value[]) => Type.Enum(values)

/** A place where a copy lay, by its name in the settings, and whether the end has reached it. */
const PlaceReached = Type.Object(
  { place: Type.String({ minLength: 1, maxLength: 63 }), reached: Type.Boolean() },
  closed,
)

/** What a key store answered (keys/key-store.ts). */
const Receipt = Type.Object(
  {
    store: oneOf('file', 'pkcs11', 'vault'),
    key: keyName,
    at: Type.String({ maxLength: 40 }),
    proof: Type.String({ maxLength: 200 }),
  },
  closed,
)

const targets = Type.Object(
  {
    /** Every place where a copy lay. */
    places: Type.Optional(Type.Array(PlaceReached, { maxItems: 100 })),
    receipts: Type.Optional(Type.Array(Receipt, { maxItems: 100 })),
    /** Objects removed from the object store. */
    objects: Type.Optional(count),
  },
  closed,
)

function about<
  const Kind extends string,
  Cause extends Type.TSchema,
  Object extends TProperties,
  Detail extends TProperties,
>(kind: Kind, cause: Cause, object: Object, detail: Detail) {
  return Type.Object(
    {
      kind: Type.Literal(kind),
      cause,
      doneBy,
      ...object,
      detail: Type.Object(detail, closed),
      targets: Type.Optional(targets),
    },
    closed,
  )
}

const id = { id: uuid }
/** A request with a call that is shown to be the requester’s (`ledger_call` in database/functions/destruction/ledger.sql). */
const requestedCall = {
  number: Type.Optional(Type.String({ pattern: '^P-[0-9]{4}-[0-9]+$' })),
  party: Type.Optional(oneOf('CALLER', 'OFFICIAL')),
  /** Of an official: their part of the call. */
  segment: Type.Optional(uuid),
  kinds: Type.Optional(Type.Array(Type.String({ pattern: '^[A-Z_]{1,20}$' }), { maxItems: 20 })),
  channel: Type.Optional(oneOf('PHONE', 'LETTER', 'VISIT', 'EMAIL')),
  language: Type.Optional(oneOf('fi', 'sv', 'en')),
  receivedAt: Type.Optional(instant),
  dueAt: Type.Optional(instant),
  enteredBy: Type.Optional(uuid),
}
const shapes = {
  /** The recording; the version of the month key that went with it. */
  recording: about('recording', oneOf('retention', 'caller', 'official', 'trimming', 'hold-end'), id, {
    monthKey: Type.Optional(keyName),
  }),
  /** A month of history: `2025-09`. */
  'history-month': about(
    'history-month',
    oneOf('retention'),
    { name: month },
    {
      contacts: count,
      segments: Type.Optional(count),
      recordings: Type.Optional(count),
    },
  ),
  /** A version of a month key: `month-2027-03.v3`. */
  'month-key': about(
    'month-key',
    oneOf('renewed', 'retention'),
    { name: keyName },
    {
      /** The version that took its place. */
      renewedAs: Type.Optional(keyName),
      recordings: Type.Optional(count),
    },
  ),
  /** A version of the intake wrapping key, `v12`; or, of earlier versions of Seloste, the private intake key of a day. */
  'intake-key': about(
    'intake-key',
    oneOf('renewed', 'retention'),
    { name: Type.Union([day, Type.String({ pattern: '^v[1-9][0-9]{0,8}$' })]) },
    {},
  ),
  right: about('right', oneOf('revoked', 'shortened'), id, {
    until: Type.Optional(instant),
    how: Type.Optional(Type.String({ maxLength: 20 })),
  }),
  /** The passkey or authenticator, or the person whose password, recovery codes or subject of the identity provider it was. */
  credential: about('credential', oneOf('removed', 'used', 'changed'), id, {
    credential: oneOf('passkey', 'totp', 'recovery-codes', 'identity-provider', 'password'),
    person: uuid,
    /** When the password that came after was set. */
    setAt: Type.Optional(instant),
  }),
  link: about('link', oneOf('used', 'voided'), id, {}),
  'scim-token': about('scim-token', oneOf('revoked'), id, {}),
  workstation: about('workstation', oneOf('ended'), id, {}),
  /** The official who had consented to be recorded, and until when the consent holds. */
  consent: about('consent', oneOf('withdrawn'), id, { until: instant }),
  /** The person. */
  employment: about('employment', oneOf('ended', 'resumed', 'removed'), id, {
    until: Type.Optional(Type.Union([instant, Type.Null()])),
  }),
  /** A preservation order, with what a restore needs to put it in force again; its words are content and stay out. */
  hold: about('hold', oneOf('entered', 'renewed', 'ended'), id, {
    contact: Type.Optional(uuid),
    startedAt: Type.Optional(instant),
    enteredBy: Type.Optional(uuid),
    covers: Type.Optional(oneOf('recordings', 'history', 'both')),
    from: Type.Optional(instant),
    until: Type.Optional(instant),
  }),
  /** What forbids the use of a recording, with what a restore needs to have it again while it waits. */
  prohibition: about('prohibition', oneOf('entered'), id, {
    recording: uuid,
    party: oneOf('CALLER', 'OFFICIAL'),
    channel: oneOf('CALL', 'PHONE', 'LETTER', 'VISIT', 'EMAIL', 'OWN_CALLS'),
    receivedAt: instant,
    enteredBy: uuid,
  }),
  /** A request of the Service Unit’s that restricts the recordings of a call, with what a restore needs to have them restricted again. */
  restriction: about('restriction', oneOf('entered', 'ended'), id, { contact: uuid, ...requestedCall }),
  /** What a prohibition waits for: an inspection, or an authority’s request for a recording, with what a restore needs to have it again. */
  case: about('case', oneOf('entered', 'closed'), id, {
    ...requestedCall,
    contact: Type.Optional(uuid),
    recording: Type.Optional(uuid),
    /** Of an inspection: its request, and who opened it. */
    request: Type.Optional(uuid),
    openedBy: Type.Optional(uuid),
    /** Of an authority’s: the disclosure, and the item that the recording is. */
    disclosure: Type.Optional(uuid),
    number: Type.Optional(Type.String({ pattern: '^[PV]-[0-9]{4}-[0-9]+$' })),
    origin: Type.Optional(oneOf('REQUEST', 'OWN_INITIATIVE')),
    aim: Type.Optional(oneOf('PREVENTION', 'INVESTIGATION')),
    provision: Type.Optional(Type.String({ maxLength: 64 })),
    item: Type.Optional(count),
    what: Type.Optional(oneOf('RECORDING', 'BOTH')),
    closedAt: Type.Optional(instant),
    outcome: Type.Optional(oneOf('heard', 'no-show', 'withdrawn', 'destroyed', 'answered')),
  }),
  /** A request, also an authority’s, while it is open: its number, for a restore that misses it; how it ended. */
  'open-request': about('open-request', oneOf('entered', 'closed'), id, {
    number: Type.Optional(Type.String({ pattern: '^[PV]-[0-9]{4}-[0-9]+$' })),
    closedAt: Type.Optional(instant),
    outcome: Type.Optional(oneOf('ANSWERED', 'REFUSED', 'WITHDRAWN', 'GRANTED', 'PART')),
  }),
  /** Which official a part of a call was given to, by a correction: a restore gives it to them again. */
  correction: about('correction', oneOf('decided'), id, {
    segment: uuid,
    startedAt: instant,
    official: uuid,
    unit: Type.Optional(uuid),
    request: Type.Optional(uuid),
    proposedBy: Type.Optional(uuid),
  }),
  /** A version of the register description that was approved: a restore misses it. */
  description: about('description', oneOf('approved'), id, { version: count, hash: sha256, effectiveFrom: instant }),
  /** What was personal of a request of the Service Unit’s; and how it had ended, where a restore does not know of it. */
  request: about('request', oneOf('erased'), id, {
    closedAt: instant,
    outcome: oneOf('ANSWERED', 'REFUSED', 'WITHDRAWN'),
  }),
  /**
   * What has left and does not come back by a restore: the disclosure with what a restore needs to have it on record again. What
   * ties an item to its recording is here as a salted hash (decision 42).
   */
  disclosure: about(
    'disclosure',
    oneOf('released', 'recalled', 'confirmed', 'extended', 'study-ended', 'withdrawn', 'closed'),
    id,
    {
      number: Type.Optional(Type.String({ pattern: '^[TV]-[0-9]{4}-[0-9]+$' })),
      institute: Type.Optional(uuid),
      /** Digest of its name and address as they were at the decision. */
      decidedFor: Type.Optional(sha256),
      dueOn: Type.Optional(day),
      preparedBy: Type.Optional(uuid),
      decidedBy: Type.Optional(uuid),
      origin: Type.Optional(oneOf('REQUEST', 'OWN_INITIATIVE')),
      aim: Type.Optional(oneOf('PREVENTION', 'INVESTIGATION')),
      provision: Type.Optional(Type.String({ maxLength: 64 })),
      enteredBy: Type.Optional(uuid),
      receivedAt: Type.Optional(instant),
      items: Type.Optional(Type.Array(Type.Object({ item: count, tie: Type.Optional(sha256) }, closed))),
      item: Type.Optional(count),
      dueAt: Type.Optional(instant),
      outcome: Type.Optional(oneOf('destroyed', 'returned', 'GRANTED', 'PART')),
      endedOn: Type.Optional(day),
      workingDays: Type.Optional(count),
    },
  ),
  /** What it was sent in; its hash proves what left. */
  package: about('package', oneOf('stored', 'taken'), id, {
    disclosure: Type.Optional(uuid),
    sha256: Type.Optional(sha256),
    sizeBytes: Type.Optional(count),
    files: Type.Optional(count),
    method: Type.Optional(oneOf('KEY', 'PASSPHRASE')),
    madeBy: Type.Optional(uuid),
  }),
  /** A recording, or a version of a month key, whose end has reached a place that was away when it ended. */
  'place-reached': about(
    'place-reached',
    oneOf('reached'),
    { id: Type.Optional(uuid), name: Type.Optional(keyName) },
    {},
  ),
}

export type NewLedgerEntry = { [Kind in LedgerKind]: Static<(typeof shapes)[Kind]> }[LedgerKind]
export type LedgerKind = keyof typeof shapes

const checks = new Map(Object.entries(shapes).map(([kind, shape]) => [kind, Compile(shape)]))

/** What is wrong with an entry, in one line; nothing where it is as its kind says. */
export function checkEntry(entry: { kind: string }): string | undefined {
  const check = checks.get(entry.kind)
  if (!check) return `the ledger has no kind "${entry.kind}"`
  if (check.Check(entry)) return undefined
  const [first] = check.Errors(entry)
  return first
    ? `${first.instancePath === '' ? 'it' : first.instancePath} ${first.message}`
    : 'it is not as its kind says'
}
