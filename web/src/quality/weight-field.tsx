import { useState } from 'react'
import { Field } from '../controls/field.tsx'
import { useLanguage } from '../language/use-words.ts'

/** Weight from 0 to 100; invalid text stays on the screen and changes nothing. */
export function WeightField({
  label,
  value,
  most = 100,
  least = 0,
  onChange,
}: {
  label: string
  value: number
  most?: number
  least?: number
  onChange: (value: number) => void
}) {
  const { say } = useLanguage()
  const [written, setWritten] = useState(String(value))
  const isWrong = !/^\d{1,3}$/.test(written) || Number(written) > most || Number(written) < least
  return (
    <Field
      className="quality-weight"
      label={label}
      inputMode="numeric"
      error={isWrong ? say('quality.between', { least, most }) : undefined}
      value={written}
      onChange={(next) => {
        setWritten(next)
        if (/^\d{1,3}$/.test(next) && Number(next) <= most && Number(next) >= least) onChange(Number(next))
      }}
    />
  )
}
