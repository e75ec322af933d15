import { useId, useState } from 'react'
import { useLanguage } from '../language/use-words.ts'
import { formatTenths, readTenths } from './tenths.ts'

/** A moment of the recording in numbers (WCAG 2.5.7). What is typed and is no moment stays typed, and is said to be wrong. */
export function TimeField({
  id,
  label,
  valueMs,
  wrong,
  isReadOnly = false,
  onChange,
  onUnread,
}: {
  id?: string
  label: string
  valueMs: number | undefined
  /** Why the moment will not do, though it is one. */
  wrong?: string | undefined
  isReadOnly?: boolean
  onChange: (ms: number) => void
  /** What stands there is no moment now; without it the last that was one counts. */
  onUnread?: () => void
}) {
  const { say } = useLanguage()
  const errorId = useId()
  const [shown, setShown] = useState({ ms: valueMs, text: textOf(valueMs) })
  if (shown.ms !== valueMs) setShown({ ms: valueMs, text: textOf(valueMs) })
  const isUnread = shown.text.trim() !== '' && readTenths(shown.text) === undefined
  const error = isUnread ? say('anonymisation.time.wrong') : wrong
  const commit = () => {
    const ms = readTenths(shown.text)
    if (ms === undefined && onUnread && valueMs !== undefined) {
      setShown({ ms: undefined, text: shown.text })
      return onUnread()
    }
    // The field shows tenths; leaving it as it was must not round the moment.
    if (ms !== undefined && shown.text !== textOf(valueMs)) onChange(ms)
  }
  return (
    <div className="time-field">
      <label>
        <span className="label">{label}</span>
        <input
          {...(id && { id })}
          className="input input-small"
          inputMode="decimal"
          autoComplete="off"
          size={9}
          readOnly={isReadOnly}
          value={shown.text}
          aria-invalid={error !== undefined}
          aria-describedby={error === undefined ? undefined : errorId}
          onChange={(event) => setShown({ ms: valueMs, text: event.target.value })}
          onBlur={commit}
          onKeyDown={(event) => {
            if (event.key === 'Enter') commit()
          }}
        />
      </label>
      {error !== undefined && (
        <span id={errorId} className="field-error">
          {error}
        </span>
      )}
    </div>
  )
}

function textOf(ms: number | undefined): string {
  return ms === undefined ? '' : formatTenths(ms)
}
