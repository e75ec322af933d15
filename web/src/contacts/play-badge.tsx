import { AudioLines, Play } from 'lucide-react'
import type { Contact, Segment } from '../api/shapes.ts'
import { Button } from '../controls/button.tsx'
import { formatInstant } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { recordingDate } from './recording-badge.tsx'

/** Id of the text that states the purpose and the log, which describes each play button. */
export const playNoteId = 'play-note'

/** State of a recording that can be listened to, as the button that plays it, with the day of its destruction. */
export function PlayBadge({
  contact,
  segment: { recording, official },
  isPlaying,
  onPlay,
}: {
  contact: Contact
  segment: Segment
  isPlaying: boolean
  onPlay: () => void
}) {
  const { t, language } = useLanguage()
  const word = t(isPlaying ? 'contacts.play.playing' : 'contacts.play')
  const Icon = isPlaying ? AudioLines : Play
  const date = recordingDate(recording, t, language)
  const call = [formatInstant(contact.startedAt, language), official?.name].filter(Boolean).join(', ')
  return (
    <span className="recording">
      <Button
        kind="quiet"
        className="badge badge-available badge-play"
        aria-label={`${word}: ${call}`}
        aria-describedby={playNoteId}
        onPress={onPlay}
      >
        <Icon aria-hidden="true" size={14} />
        {word}
      </Button>
      {date && <span className="recording-date">{date}</span>}
    </span>
  )
}
