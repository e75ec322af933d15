import { Link } from '@tanstack/react-router'
import { Square } from 'lucide-react'
import { Button } from '../controls/button.tsx'
import { formatInstant } from '../format/instant.ts'
import { formatPhone } from '../format/phone.ts'
import { useLanguage } from '../language/use-words.ts'
import { Listen } from '../listening/listen.tsx'
import type { Playable } from './cells.tsx'

/** Player below the list: the call that is listened to, with a link to it. Closing it ends the listening. */
export function PlayerDock({
  playing: { contact, segment, recordingId },
  onClose,
}: {
  playing: Playable
  onClose: () => void
}) {
  const { t, language } = useLanguage()
  const call = [formatInstant(contact.startedAt, language), segment.official?.name, formatPhone(contact.number)].filter(
    Boolean,
  )
  const index = contact.segments.indexOf(segment)
  return (
    <section className="player-dock" aria-label={t('contacts.play.dock')}>
      <div className="player-dock-head">
        <p>
          <strong>{call.join(' · ')}</strong>{' '}
          <Link to="/contacts/$id" params={{ id: contact.id }}>
            {t('contacts.play.open')}
          </Link>
        </p>
        <Button kind="secondary" className="small" onPress={onClose}>
          <Square aria-hidden="true" size={14} />
          {t('listening.player.end')}
        </Button>
      </div>
      <Listen
        key={recordingId}
        recordingId={recordingId}
        segmentId={segment.id}
        hasLink={false}
        momentMs={undefined}
        transferredTo={contact.segments[index + 1]?.official?.name}
        onClose={onClose}
      />
    </section>
  )
}
