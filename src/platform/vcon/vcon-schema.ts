/**
 * The members of a vCon that Seloste writes and reads: a conversation as JSON, by draft-ietf-vcon-vcon-core-03. Other members are
 * allowed and ignored, as the draft says.
 */
import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'

const Index = Type.Integer({ minimum: 0 })
const Indices = Type.Union([Index, Type.Array(Index)])
const Instant = Type.String({ format: 'date-time' })
const Uuid = Type.String({ format: 'uuid' })
const Hash = Type.String({ pattern: '^[a-z0-9]+-[A-Za-z0-9_-]+$' })

/** Content is inline (`body`, `encoding`) or elsewhere (`content_hash`, and `url` or the file's name). */
const content = {
  mediatype: Type.Optional(Type.String()),
  filename: Type.Optional(Type.String()),
  body: Type.Optional(Type.Unknown()),
  encoding: Type.Optional(Type.Enum(['base64url', 'json', 'none'])),
  url: Type.Optional(Type.String({ pattern: '^https://' })),
  content_hash: Type.Optional(Type.Union([Hash, Type.Array(Hash, { minItems: 1 })])),
}

const Party = Type.Object({
  tel: Type.Optional(Type.String()),
  name: Type.Optional(Type.String()),
  type: Type.Optional(Type.String()),
})

const PartyEvent = Type.Object({
  party: Index,
  time: Instant,
  event: Type.Enum(['join', 'drop', 'hold', 'unhold', 'mute', 'unmute', 'keydown', 'keyup']),
})

const Dialog = Type.Object({
  type: Type.Enum(['recording', 'text', 'transfer', 'incomplete', 'recording-set']),
  start: Instant,
  duration: Type.Optional(Type.Number({ minimum: 0 })),
  /** One entry a channel: a party, several, or nobody. */
  parties: Type.Optional(Type.Union([Index, Type.Array(Type.Union([Indices, Type.Null()]))])),
  recordings: Type.Optional(Type.Array(Index)),
  recording_set: Type.Optional(Index),
  party_history: Type.Optional(Type.Array(PartyEvent)),
  disposition: Type.Optional(Type.String()),
  ...content,
})

const Analysis = Type.Object({
  type: Type.String(),
  vendor: Type.String(),
  schema: Type.Optional(Type.String()),
  dialog: Type.Optional(Indices),
  ...content,
})

const Attachment = Type.Object({
  purpose: Type.Optional(Type.String()),
  start: Instant,
  party: Index,
  dialog: Index,
  ...content,
})

const Vcon = Type.Object({
  vcon: Type.Optional(Type.Literal('0.4.0')),
  uuid: Uuid,
  created_at: Instant,
  critical: Type.Optional(Type.Array(Type.String())),
  redacted: Type.Optional(Type.Object({ type: Type.String(), uuid: Type.Optional(Uuid) })),
  amended: Type.Optional(Type.Object({})),
  parties: Type.Optional(Type.Array(Party)),
  dialog: Type.Optional(Type.Array(Dialog)),
  analysis: Type.Optional(Type.Array(Analysis)),
  attachments: Type.Optional(Type.Array(Attachment)),
})

export type Vcon = Static<typeof Vcon>
export type VconContent = Pick<NonNullable<Vcon['analysis']>[number], keyof typeof content>
export type VconParty = Static<typeof Party>
export type VconDialog = Static<typeof Dialog>

export const vconSchema = Compile(Vcon)

/** The start of a dialog whose time is withheld: the draft requires a start. */
export const withheldStart = '1970-01-01T00:00:00Z'
