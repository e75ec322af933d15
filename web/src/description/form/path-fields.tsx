import { parseDate, type CalendarDate } from '@internationalized/date'
import { useId, useState, type ReactNode } from 'react'
import type { Named } from '../../api/shapes.ts'
import type { Option } from '../../controls/choice.tsx'
import { formatClock, readClock } from '../../format/clock.ts'
import { languages, locales } from '../../language/language.ts'
import { useLanguage } from '../../language/use-words.ts'
import type { Path } from '../edits.ts'
import { useField } from './form-state.tsx'
import { MemoChecks, MemoChoice, MemoDay, MemoField, MemoToggle, useStableCallback } from './memo-controls.ts'

interface Labelled {
  path: Path
  label: string
  hint?: string
  className?: string
}

/** Text field of the document. An optional one is removed when empty. */
export function PathText({
  isOptional = false,
  path,
  ...props
}: Labelled & { isOptional?: boolean; lang?: string; rows?: number; inputMode?: 'tel' | 'email' }) {
  const { id, value, error, set } = useField(path)
  const onChange = useStableCallback((text: string) => set(text === '' && isOptional ? undefined : text))
  return (
    <MemoField
      {...props}
      id={id}
      error={error}
      value={isPlain(value) ? String(value) : ''}
      onChange={onChange}
      maxLength={2000}
      autoComplete="off"
    />
  )
}

/** Text in three languages: side by side, or stacked if long. */
export function PathTrilingual({
  path,
  label,
  hint,
  isLong = false,
  rows,
}: Labelled & { isLong?: boolean; rows?: number }) {
  const { t } = useLanguage()
  return (
    <FieldGroup path={path} label={label} hint={hint}>
      <div className={isLong ? 'long-texts' : 'per-language'}>
        {languages.map((language) => (
          <PathText
            key={language}
            path={[...path, language]}
            label={t(`form.language.${language}`)}
            lang={language}
            {...(rows && { rows })}
          />
        ))}
      </div>
    </FieldGroup>
  )
}

/** Group of fields under one label. */
export function FieldGroup({
  path,
  label,
  hint,
  children,
}: {
  path: Path
  label: string
  hint?: string | undefined
  children: ReactNode
}) {
  const { id, error } = useField(path)
  const labelId = useId()
  return (
    <div
      role="group"
      id={id}
      tabIndex={-1}
      className="field-group"
      aria-labelledby={labelId}
      aria-describedby={hint || error ? `${labelId}-more` : undefined}
    >
      <p className="label" id={labelId}>
        {label}
      </p>
      {(hint || error) && (
        <div id={`${labelId}-more`}>
          {hint && <p className="hint">{hint}</p>}
          {error && <p className="field-error">{error}</p>}
        </div>
      )}
      {children}
    </div>
  )
}

export function PathToggle({ path, label, hint }: Labelled) {
  const { id, value, error, set } = useField(path)
  const onChange = useStableCallback((isOn: boolean) => set(isOn))
  return (
    <div>
      <MemoToggle id={id} label={label} hint={hint} value={value === true} onChange={onChange} />
      {error && <p className="field-error">{error}</p>}
    </div>
  )
}

/** Choice of one value. */
export function PathChoice({
  path,
  options,
  read = String,
  absent = '',
  ...props
}: Labelled & {
  options: Option[]
  read?: (value: string) => unknown
  /** Shown if the document lacks the field. */
  absent?: string
}) {
  const { id, value, error, set } = useField(path)
  const shown = isPlain(value) ? String(value) : absent
  const known = options.some((option) => option.value === shown)
  const onChange = useStableCallback((chosen: string) => set(read(chosen)))
  return (
    <MemoChoice
      {...props}
      id={id}
      error={error}
      options={known || shown === '' ? options : [...options, { value: shown, label: shown }]}
      value={shown}
      onChange={onChange}
    />
  )
}

/** Day, `2026-11-24`. */
export function PathDay({ path, isOptional = false, ...props }: Labelled & { isOptional?: boolean }) {
  const { id, value, error, set } = useField(path)
  const onChange = useStableCallback((day: CalendarDate | null) =>
    set(day ? day.toString() : isOptional ? undefined : ''),
  )
  return <MemoDay {...props} id={id} error={error} value={dayOf(value)} onChange={onChange} />
}

/**
 * Number as text: what does not parse stays as typed, for the server to report. When empty, an optional field is removed and an
 * `isNullable` one becomes null.
 */
export function PathNumber({
  path,
  isPercent = false,
  isOptional = false,
  isNullable = false,
  ...props
}: Labelled & { isPercent?: boolean; isOptional?: boolean; isNullable?: boolean }) {
  const { id, value, error, set } = useField(path)
  const { language } = useLanguage()
  const empty = isOptional ? undefined : isNullable ? null : ''
  const write = (stored: unknown) =>
    typeof stored === 'number'
      ? new Intl.NumberFormat(locales[language], { maximumFractionDigits: 6 }).format(isPercent ? stored * 100 : stored)
      : typeof stored === 'string'
        ? stored
        : ''
  const [typed, setTyped] = useState(() => write(value))
  if (readNumber(typed, isPercent, empty) !== value) {
    const now = write(value)
    if (now !== typed) setTyped(now)
  }
  const onChange = useStableCallback((text: string) => {
    setTyped(text)
    set(readNumber(text, isPercent, empty))
  })
  return (
    <MemoField
      {...props}
      className={`field-short ${props.className ?? ''}`}
      id={id}
      error={error}
      inputMode={isPercent ? 'decimal' : 'numeric'}
      value={typed}
      onChange={onChange}
      maxLength={16}
      autoComplete="off"
    />
  )
}

/** Time of day: shown the Finnish way, `8.00`, stored as `08:00`. */
export function PathClock({ path, ...props }: Labelled) {
  const { id, value, error, set } = useField(path)
  const stored = isPlain(value) ? String(value) : ''
  const [typed, setTyped] = useState(() => formatClock(stored))
  if (clockOrTyped(typed) !== stored) setTyped(formatClock(stored))
  const onChange = useStableCallback((text: string) => {
    setTyped(text)
    set(clockOrTyped(text))
  })
  return (
    <MemoField
      {...props}
      className={`field-short ${props.className ?? ''}`}
      id={id}
      error={error}
      value={typed}
      onChange={onChange}
      maxLength={16}
      autoComplete="off"
    />
  )
}

/** Checkboxes for a list of the document. */
export function PathChecks({ path, options, ...props }: Labelled & { options: Option[] }) {
  const { id, value, error, set } = useField(path, { isWhole: true })
  const chosen = Array.isArray(value) ? value.map(String) : []
  const onChange = useStableCallback((next: string[]) =>
    set(options.map((option) => option.value).filter((one) => next.includes(one))),
  )
  return <MemoChecks {...props} id={id} error={error} options={options} value={chosen} onChange={onChange} />
}

/** Returns a name of the document in the reader's language; the given text if there is none. */
export function useNameOf(): (value: unknown, otherwise: string) => string {
  const { language } = useLanguage()
  return (value, otherwise) => {
    const name = (value as Partial<Named> | undefined)?.[language]
    return typeof name === 'string' && name.trim() !== '' ? name : otherwise
  }
}

/** An invalid time of day stays as typed, for the server to report. */
function clockOrTyped(typed: string): string {
  return readClock(typed) ?? typed
}

function readNumber(text: string, isPercent: boolean, empty: unknown): unknown {
  const written = text.replace(/[\s%]/g, '').replace(',', '.')
  if (written === '') return empty
  if (!/^\d+(\.\d+)?$/.test(written)) return text
  // 12,5 % is 0.125, not 0.12500000000000001.
  return isPercent ? Math.round(Number(written) * 1e6) / 1e8 : Number(written)
}

function isPlain(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value)
}

function dayOf(value: unknown): CalendarDate | null {
  try {
    return typeof value === 'string' ? parseDate(value) : null
  } catch {
    return null
  }
}
