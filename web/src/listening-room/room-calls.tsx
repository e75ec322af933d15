import { Headphones } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { Fact } from '../contact/facts.tsx'
import { Button } from '../controls/button.tsx'
import { formatDate, formatTime } from '../format/instant.ts'
import { formatPhone } from '../format/phone.ts'
import { useLanguage } from '../language/use-words.ts'
import { withDestroyedParts, type Room, type RoomCall, type RoomPart } from './room-facts.ts'
import { RoomListening } from './room-listening.tsx'

/** The listener's calls with their facts and a button for each part; one part plays at a time. */
export function RoomCalls({ room }: { room: Room }) {
  const [chosen, setChosen] = useState<string>()
  const [shown, setShown] = useState({ room, calls: room.calls })
  if (shown.room !== room) setShown({ room, calls: withDestroyedParts(shown.calls, room.calls) })
  const { calls } = shown
  const list = useRef<HTMLDivElement>(null)
  const focusOn = useRef<string>(undefined)
  const parts = calls.flatMap((call) => call.parts.map((part, at) => ({ call, part, at })))
  const played = parts.find(({ part }) => part.recordingId === chosen)

  useEffect(() => {
    if (played || focusOn.current === undefined) return
    list.current?.querySelector<HTMLElement>(`[data-part="${focusOn.current}"]`)?.focus()
    focusOn.current = undefined
  }, [played])

  if (played) {
    return (
      <CallSection call={played.call} count={calls.length}>
        <RoomListening
          recordingId={played.part.recordingId}
          reference={room.requestNumber}
          title={
            played.call.parts.length > 1 && (
              <PartName part={played.part} position={played.at + 1} count={played.call.parts.length} />
            )
          }
          onBack={
            parts.length > 1
              ? () => {
                  focusOn.current = played.part.recordingId
                  setChosen(undefined)
                }
              : undefined
          }
        />
      </CallSection>
    )
  }
  return (
    <div ref={list} className="room-calls">
      {calls.map((call) => (
        <CallSection key={call.ordinal} call={call} count={calls.length}>
          {call.parts.map((part, at) => (
            <PartButton
              key={part.recordingId}
              part={part}
              position={at + 1}
              count={call.parts.length}
              onChoose={() => setChosen(part.recordingId)}
            />
          ))}
        </CallSection>
      ))}
    </div>
  )
}

function CallSection({ call, count, children }: { call: RoomCall; count: number; children: React.ReactNode }) {
  const { t, language, named } = useLanguage()
  const title = `room-call-${call.ordinal}`
  const officials = [...new Set(call.parts.flatMap(({ official }) => official ?? []))]
  return (
    <section className="room-call" aria-labelledby={title}>
      <h2 id={title}>
        {count > 1 ? t('listening-room.call', { ordinal: call.ordinal }) : t('listening-room.theCall')}
      </h2>
      <dl className="room-facts">
        <Fact label={t('listening-room.day')}>{formatDate(call.startedAt, language)}</Fact>
        <Fact label={t('listening-room.time')}>
          {formatTime(call.startedAt, language)}
          {call.endedAt && `–${formatTime(call.endedAt, language)}`}
        </Fact>
        <Fact label={t('contacts.field.number')}>
          <span className="number">{formatPhone(call.number)}</span>
          {call.numberName && <span className="second">{named(call.numberName)}</span>}
        </Fact>
        {officials.length > 0 && <Fact label={t('listening.player.official')}>{officials.join(', ')}</Fact>}
      </dl>
      {children}
    </section>
  )
}

function PartButton({
  part,
  position,
  count,
  onChoose,
}: {
  part: RoomPart
  position: number
  count: number
  onChoose: () => void
}) {
  const { t } = useLanguage()
  const name = <PartName part={part} position={position} count={count} />
  if (!part.canBeHeard) {
    return (
      <p className="room-part room-part-gone">
        {name}
        <span>{t('listening-room.part.gone')}</span>
      </p>
    )
  }
  return (
    <Button kind="primary" className="room-button room-part" data-part={part.recordingId} onPress={onChoose}>
      <Headphones aria-hidden="true" size={32} />
      <span className="room-part-words">
        <span>{t('listening.start')}</span>
        {count > 1 && name}
      </span>
    </Button>
  )
}

/** `Osa 2, Bertil Lindqvist, klo 15.41`; for a call of one part only a general name. */
function PartName({ part, position, count }: { part: RoomPart; position: number; count: number }) {
  const { t, language } = useLanguage()
  if (count === 1) return <span>{t('listening-room.theCall')}</span>
  const time = formatTime(part.answeredAt, language)
  return (
    <span>
      {part.official
        ? t('listening-room.part', { position, official: part.official, time })
        : t('listening-room.part.unnamed', { position, time })}
    </span>
  )
}
