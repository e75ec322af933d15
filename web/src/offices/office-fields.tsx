import { Field } from '../controls/field.tsx'
import { languageNames, languages, type Language } from '../language/language.ts'
import { useLanguage } from '../language/use-words.ts'
import type { Office } from './office-shapes.ts'

export type WrittenOffice = Pick<Office, 'names' | 'address'>

export const emptyOffice: WrittenOffice = { names: { fi: '', sv: '', en: '' }, address: { fi: '', sv: '', en: '' } }

/** Returns true if name and address are complete in every language. */
export function isWhole({ names, address }: WrittenOffice): boolean {
  return languages.every((one) => names[one].trim() !== '' && address[one].trim() !== '')
}

/** Name and address in each language: letters and the listening mode use the listener's. */
export function OfficeFields({
  value,
  onChange,
  isTried,
}: {
  value: WrittenOffice
  onChange: (value: WrittenOffice) => void
  isTried: boolean
}) {
  const { t } = useLanguage()
  const field = (member: 'names' | 'address', one: Language) => (
    <Field
      label={t(`offices.office.${member}`)}
      lang={one}
      value={value[member][one]}
      onChange={(text) => onChange({ ...value, [member]: { ...value[member], [one]: text } })}
      error={isTried && value[member][one].trim() === '' ? t(`offices.office.${member}.missing`) : undefined}
      maxLength={100}
      autoComplete="off"
    />
  )
  return (
    <div className="office-languages">
      {languages.map((one) => (
        <fieldset key={one} className="office-language">
          <legend lang={one}>{languageNames[one]}</legend>
          {field('names', one)}
          {field('address', one)}
        </fieldset>
      ))}
    </div>
  )
}
