import { AudioLines, Ban, CircleDot, Lock, MicOff } from 'lucide-react'
import type { Recording } from '../api/shapes.ts'
import { formatDate } from '../format/instant.ts'
import { useLanguage, type Translate, type Word } from '../language/use-words.ts'
import type { Language } from '../language/language.ts'

const icons = {
  none: MicOff,
  capturing: CircleDot,
  available: AudioLines,
  restricted: Lock,
  expired: Ban,
  destroyed: Ban,
}
const knownCauses = ['retention', 'caller', 'official', 'trimming', 'hold-end']

/** State of the recording with its date: an icon and words, never colour alone. */
export function RecordingBadge({ recording, isOngoing }: { recording: Recording; isOngoing: boolean }) {
  const { t, language } = useLanguage()
  const Icon = icons[recording.state]
  const date = recordingDate(recording, t, language)
  return (
    <span className="recording">
      <span className={`badge badge-${recording.state}`}>
        <Icon aria-hidden="true" size={14} />
        {t(
          isOngoing && recording.state === 'none'
            ? 'contact.recording.none.ongoing'
            : (`contact.recording.${recording.state}` as Word),
        )}
      </span>
      {date && <span className="recording-date">{date}</span>}
    </span>
  )
}

/** Returns the day by which a recording is destroyed, or when and why it was. */
export function recordingDate(recording: Recording, t: Translate, language: Language): string | undefined {
  if (recording.destroyedAt) {
    return [formatDate(recording.destroyedAt, language), causeOf(recording, t)].filter(Boolean).join(' · ')
  }
  return recording.destroyAt && t('contact.recording.destroyBy', { date: formatDate(recording.destroyAt, language) })
}

/** Returns the sentence that a recording is being destroyed, or that it was and when. */
export function destroyedText({ destroyedAt }: { destroyedAt?: string }, t: Translate, language: Language): string {
  if (destroyedAt === undefined) return t('contact.recording.sentence.destroying')
  return t('contact.recording.sentence.destroyed', { date: formatDate(destroyedAt, language) })
}

/** Returns the reason of a destruction as text; undefined for a reason that has none. */
export function causeOf(recording: Recording, t: Translate): string | undefined {
  return recording.cause && knownCauses.includes(recording.cause)
    ? t(`contact.cause.${recording.cause}` as Word)
    : undefined
}
