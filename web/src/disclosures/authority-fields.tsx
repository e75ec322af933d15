import { parseDate, parseTime } from '@internationalized/date'
import { Choice } from '../controls/choice.tsx'
import { Day } from '../controls/day.tsx'
import { Field } from '../controls/field.tsx'
import { RadioCards } from '../controls/radio-cards.tsx'
import { TimeOfDay } from '../controls/time-of-day.tsx'
import { useLanguage } from '../language/use-words.ts'
import type { AuthorityField, AuthorityForm } from './authority-form.ts'
import type { Provision } from './disclosure-shapes.ts'

const longest = { authority: 200, officer: 200, caseNumber: 64 } as const
/** Key of the option without a ground: the list does not accept an empty key. */
const none = '-'

/** Fields of an authority's request or of a report to it: authority, case, ground, time. */
export function AuthorityFields({
  typed,
  provisions,
  wrong,
  onChange,
}: {
  typed: AuthorityForm
  provisions: readonly Provision[]
  wrong: readonly AuthorityField[]
  onChange: (edited: Partial<AuthorityForm>) => void
}) {
  const { t, named } = useLanguage()
  const isWrong = (field: AuthorityField) => wrong.includes(field)
  return (
    <>
      <RadioCards
        label={t('disclosures.authority.origin')}
        options={(['REQUEST', 'OWN_INITIATIVE'] as const).map((value) => ({
          value,
          label: t(`disclosures.authority.origin.${value}`),
        }))}
        value={typed.origin}
        onChange={(origin) => onChange({ origin: origin as AuthorityForm['origin'] })}
      />
      {(['authority', 'officer', 'caseNumber'] as const).map((field) => (
        <Field
          key={field}
          id={`authority-${field}`}
          label={t(`disclosures.authority.${field}`)}
          hint={t(`disclosures.authority.${field}.hint`)}
          error={isWrong(field) ? t(`disclosures.authority.${field}.missing`) : undefined}
          value={typed[field]}
          onChange={(value) => onChange({ [field]: value })}
          maxLength={longest[field]}
          autoComplete="off"
        />
      ))}
      <Choice
        label={t('disclosures.authority.aim')}
        options={(['PREVENTION', 'INVESTIGATION'] as const).map((value) => ({
          value,
          label: t(`disclosures.authority.aim.${value}`),
        }))}
        value={typed.aim}
        onChange={(aim) => onChange({ aim: aim as AuthorityForm['aim'] })}
      />
      <Choice
        label={t('disclosures.authority.provision')}
        hint={t('disclosures.authority.provision.hint')}
        options={[
          { value: none, label: t('disclosures.authority.provision.none') },
          ...provisions.map(({ id, names }) => ({ value: id, label: named(names) })),
        ]}
        value={provisions.some(({ id }) => id === typed.provisionId) ? typed.provisionId : none}
        onChange={(provisionId) => onChange({ provisionId: provisionId === none ? '' : provisionId })}
      />
      <div className="step-times">
        <Day
          id="authority-receivedAt"
          label={t('disclosures.authority.receivedAt')}
          error={isWrong('receivedAt') ? t('error.authority.received-wrong') : undefined}
          value={typed.day === '' ? null : parseDate(typed.day)}
          onChange={(day) => onChange({ day: day?.toString() ?? '' })}
        />
        <TimeOfDay
          label={t('requests.request.received.time')}
          isWrong={isWrong('receivedAt') && typed.time === ''}
          value={typed.time === '' ? null : parseTime(typed.time)}
          onChange={(time) => onChange({ time: time?.toString() ?? '' })}
        />
      </div>
    </>
  )
}
