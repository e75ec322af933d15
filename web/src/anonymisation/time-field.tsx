import { useId, useState } from 'react'
import { useLanguage } from '../language/use-words.ts'
import { formatTenths, readTenths } from './tenths.ts'

/** Field for a moment of the recording (WCAG 2.5.7). Invalid text stays in the field, with an error. */
export function TimeField({
  id,
  label,
  valueMs,
  wrong,
  isReadOnly = false,
  onChange,
  onInvalid,
}: {
  id?: string
  label: string
  valueMs: number | undefined
  /** Error of a valid time that is not allowed. */
  wrong?: string | undefined
  isReadOnly?: boolean
  onChange: (ms: number) => void
  /** Called when the text is no valid time. Without it, the last valid value counts. */
  onInvalid?: () => void
}) {
  const { t } = useLanguage()
  const errorId = useId()
  const [shown, setShown] = useState({ ms: valueMs, text: textOf(valueMs) })
  if (shown.ms !== valueMs) setShown({ ms: valueMs, text: textOf(valueMs) })
  const isInvalid = shown.text.trim() !== '' && readTenths(shown.text) === undefined
  const error = isInvalid ? t('anonymisation.time.wrong') : wrong
  const commit = () => {
    const ms = readTenths(shown.text)
    if (ms === undefined && onInvalid && valueMs !== undefined) {
      setShown({ ms: undefined, text: shown.text })
      return onInvalid()
    }
    // The field shows tenths; leaving it unchanged must not round the value.
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
