import { useEffect, useRef, useState } from 'react'
import { FieldError, Label, Radio, RadioGroup } from 'react-aria-components'
import { Button } from '../controls/button.tsx'
import { formatTime, zone } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { slotsToOffer, type Slot } from './office-shapes.ts'

const firstOfEach = 4

/** Radio group of free times, one column per office. */
export function OfferedTimes({
  slots,
  value,
  onChange,
  error,
}: {
  slots: readonly Slot[]
  /** Null if none is chosen: with a value that is no option, no option could be focused by keyboard. */
  value: string | null
  onChange: (slotId: string) => void
  error: string | undefined
}) {
  const { t, named } = useLanguage()
  const [isAll, setAll] = useState(false)
  const group = useRef<HTMLDivElement>(null)
  useEffect(() => {
    // The "show more" button is gone: focuses the first new time.
    if (isAll) group.current?.querySelector<HTMLElement>(`.radio-card:nth-child(${firstOfEach + 1}) input`)?.focus()
  }, [isAll])
  const offered = slotsToOffer(slots, isAll ? slots.length : firstOfEach)
  const more = offered.reduce((sum, one) => sum + one.more, 0)
  return (
    <RadioGroup
      ref={group}
      className="field offered"
      value={value}
      onChange={onChange}
      isInvalid={error !== undefined}
      validationBehavior="aria"
    >
      <Label className="label">{t('offices.book.times')}</Label>
      <FieldError className="field-error">{error}</FieldError>
      <div className="offered-offices">
        {offered.map(({ key, items }) => (
          <div key={key} className="offered-office">
            <p className="offered-name">{named(items[0]!.office.names)}</p>
            <p className="second">{named(items[0]!.office.address)}</p>
            <div className="radio-cards">
              {items.map((slot) => (
                <OneTime key={slot.id} slot={slot} />
              ))}
            </div>
          </div>
        ))}
      </div>
      {more > 0 && (
        <Button kind="link" onPress={() => setAll(true)}>
          {t('offices.book.more', { count: more })}
        </Button>
      )}
    </RadioGroup>
  )
}

function OneTime({ slot }: { slot: Slot }) {
  const { t, language, locale, named } = useLanguage()
  const day = new Intl.DateTimeFormat(locale, {
    weekday: 'short',
    day: 'numeric',
    month: 'numeric',
    timeZone: zone,
  }).format(new Date(slot.startsAt))
  const time = `${formatTime(slot.startsAt, language)}–${formatTime(slot.endsAt, language)}`
  return (
    <Radio
      value={slot.id}
      className="radio-card"
      aria-label={`${named(slot.office.names)}, ${day} ${time}, ${t('offices.appointment.host')} ${slot.host.name}`}
    >
      <span className="radio-dot" aria-hidden="true" />
      <span className="radio-words">
        <span className="radio-title">
          {day} {time}
        </span>
        <span className="radio-hint">{slot.host.name}</span>
      </span>
    </Radio>
  )
}
