import { Link } from '@tanstack/react-router'
import type { Contact, Segment } from '../api/shapes.ts'
import { formatPosition } from '../format/duration.ts'
import { formatDate, formatEnd, formatInstant } from '../format/instant.ts'
import { formatPhone } from '../format/phone.ts'
import { useLanguage } from '../language/use-words.ts'
import { lengthOf, type ColumnName } from './columns.ts'
import type { Picks } from './pick-bar.tsx'
import { PlayBadge } from './play-badge.tsx'
import { RecordingBadge } from './recording-badge.tsx'

/** Part of a call with a recording to listen to. */
export interface Playable {
  contact: Contact
  segment: Segment
  recordingId: string
}

/** Columns of a segment. */
export const segmentColumns = ['official', 'phone', 'recording'] as const satisfies ColumnName[]
export type SegmentColumn = (typeof segmentColumns)[number]

export interface Part {
  contact: Contact
  segment: Segment | undefined
  isTransferred?: boolean
  playing: Playable | undefined
  onPlay: (one: Playable) => void
  picks: Picks | undefined
}

/** Cell of a segment. */
export function SegmentCell({ name, ...part }: Part & { name: SegmentColumn }) {
  if (name === 'official') return <OfficialText {...part} />
  if (name === 'recording') return <RecordingOf {...part} />
  const phone = part.segment?.official?.phone
  return phone === undefined ? null : <span className="number">{formatPhone(phone)}</span>
}

/** State of the recording; a button where it can be listened to. */
function RecordingOf({ contact, segment, playing, onPlay, picks }: Part) {
  const { t, language } = useLanguage()
  if (!segment) return null
  const { recording } = segment
  if (recording.state !== 'available' || !recording.id)
    return <RecordingBadge recording={recording} isOngoing={segment.endedAt == null} />
  const recordingId = recording.id
  return (
    <span className="playable">
      {picks && (
        <input
          type="checkbox"
          className="pick"
          aria-label={t('contacts.pick', { time: formatInstant(contact.startedAt, language) })}
          checked={picks.chosen.includes(recordingId)}
          onChange={(event) => picks.onPick(recordingId, event.target.checked)}
        />
      )}
      <PlayBadge
        contact={contact}
        segment={segment}
        isPlaying={playing?.recordingId === recordingId}
        onPlay={() => onPlay({ contact, segment, recordingId })}
      />
    </span>
  )
}

export function ContactLink({ contact }: { contact: Contact }) {
  const { language } = useLanguage()
  return (
    <Link to="/contacts/$id" params={{ id: contact.id }} data-contact="" className="row-link">
      {formatInstant(contact.startedAt, language)}
    </Link>
  )
}

export function EndText({ contact }: { contact: Contact }) {
  const { t, language } = useLanguage()
  const { endedAt, startedAt } = contact
  if (!endedAt) return t('contacts.field.end.ongoing')
  // An end on another day includes the date. It may wrap, because otherwise the list would be wider than the window.
  const isSameDay = formatDate(endedAt, language) === formatDate(startedAt, language)
  return <span className={isSameDay ? 'nowrap' : undefined}>{formatEnd(endedAt, startedAt, language)}</span>
}

export function LengthText({ contact }: { contact: Contact }) {
  const ms = lengthOf(contact)
  return ms === undefined ? null : formatPosition(ms)
}

export function NumberText({ contact }: { contact: Contact }) {
  const { named } = useLanguage()
  return (
    <>
      <span className="number">{formatPhone(contact.number)}</span>
      {contact.numberName && <span className="second">{named(contact.numberName)}</span>}
    </>
  )
}

function OfficialText({ segment, isTransferred }: Pick<Part, 'segment' | 'isTransferred'>) {
  const { t } = useLanguage()
  if (!segment?.official) return <span className="muted">{t('contacts.official.none')}</span>
  return (
    <>
      {isTransferred && <span className="transferred">{t('contacts.segment.transferred')} </span>}
      <span className="official-name">{segment.official.name}</span>
    </>
  )
}
