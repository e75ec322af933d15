/**
 * Schemas of the ledger entries made by the custodian: ids, counts, instants, places and receipts, no content (R52). The
 * database makes the others (database/functions/destruction/ledger.sql).
 */
import Type, { type Static, type TProperties } from 'typebox'
import { Compile } from 'typebox/compile'

const uuid = Type.String({ pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' })
const count = Type.Integer({ minimum: 0 })
const keyName = Type.String({ pattern: '^[a-z0-9][a-z0-9.-]{0,62}$' })
const day = Type.String({ pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' })
const month = Type.String({ pattern: '^[0-9]{4}-[0-9]{2}$' })
/** A process or a job (`sweep`), or the id of a person. */
const doneBy = Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,62}$' })
const closed = { additionalProperties: false }
const oneOf = <const Value extends string>(...values: Value[]) => Type.Enum(values)

/** A place with a copy, by its name in the settings, and whether the destruction has been carried out there. */
const PlaceReached = Type.Object(
  { place: Type.String({ minLength: 1, maxLength: 63 }), reached: Type.Boolean() },
  closed,
)

/** A key store's receipt (keys/key-store.ts). */
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
    /** Every place with a copy. */
    places: Type.Optional(Type.Array(PlaceReached, { maxItems: 100 })),
    receipts: Type.Optional(Type.Array(Receipt, { maxItems: 100 })),
    /** Objects removed from the object store. */
    objects: Type.Optional(count),
  },
  closed,
)

/** Returns the schema of the entries of a kind. */
function entryShape<
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
const shapes = {
  /** A recording, and the version of the month key destroyed with its key. */
  recording: entryShape('recording', oneOf('retention', 'caller', 'official', 'trimming', 'hold-end'), id, {
    monthKey: Type.Optional(keyName),
  }),
  /** A month of history: `2025-09`. */
  'history-month': entryShape(
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
  'month-key': entryShape(
    'month-key',
    oneOf('renewed', 'retention'),
    { name: keyName },
    {
      /** The version that replaced it. */
      renewedAs: Type.Optional(keyName),
      recordings: Type.Optional(count),
    },
  ),
  /** A version of the intake wrapping key, `v12`; in earlier versions of Seloste the private intake key of a day. */
  'intake-key': entryShape(
    'intake-key',
    oneOf('renewed', 'retention'),
    { name: Type.Union([day, Type.String({ pattern: '^v[1-9][0-9]{0,8}$' })]) },
    {},
  ),
  /** A recording, or a version of a month key, that is now destroyed in a place that was unreachable at its destruction. */
  'place-reached': entryShape(
    'place-reached',
    oneOf('reached'),
    { id: Type.Optional(uuid), name: Type.Optional(keyName) },
    {},
  ),
}

export type NewLedgerEntry = { [Kind in LedgerKind]: Static<(typeof shapes)[Kind]> }[LedgerKind]
export type LedgerKind = keyof typeof shapes

const checks = new Map(Object.entries(shapes).map(([kind, shape]) => [kind, Compile(shape)]))

/** Returns why an entry does not match its kind, on one line; undefined if it does. */
export function checkEntry(entry: { kind: string }): string | undefined {
  const check = checks.get(entry.kind)
  if (!check) return `the ledger has no kind "${entry.kind}"`
  if (check.Check(entry)) return undefined
  const [first] = check.Errors(entry)
  return first
    ? `${first.instancePath === '' ? 'it' : first.instancePath} ${first.message}`
    : 'it does not match its kind'
}
