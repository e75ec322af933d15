import { useState } from 'react'
import { Field } from '../controls/field.tsx'
import { useLanguage } from '../language/use-words.ts'

/** Field for a weight or another whole number, 0 to 100 by default; invalid text stays on the screen and changes nothing. */
export function WeightField({
  label,
  value,
  max = 100,
  min = 0,
  onChange,
}: {
  label: string
  value: number
  max?: number
  min?: number
  onChange: (value: number) => void
}) {
  const { t } = useLanguage()
  const [written, setWritten] = useState(String(value))
  const isWrong = !/^\d{1,3}$/.test(written) || Number(written) > max || Number(written) < min
  return (
    <Field
      className="quality-weight"
      label={label}
      inputMode="numeric"
      error={isWrong ? t('quality.between', { least: min, most: max }) : undefined}
      value={written}
      onChange={(next) => {
        setWritten(next)
        if (/^\d{1,3}$/.test(next) && Number(next) <= max && Number(next) >= min) onChange(Number(next))
      }}
    />
  )
}
