import { parseDate, parseTime } from '@internationalized/date'
import { Choice } from '../controls/choice.tsx'
import { Day } from '../controls/day.tsx'
import { Field } from '../controls/field.tsx'
import { RadioCards } from '../controls/radio-cards.tsx'
import { TimeOfDay } from '../controls/time-of-day.tsx'
import { useLanguage } from '../language/use-words.ts'
import type { AuthorityField, AuthorityTyped } from './authority-about.ts'
import type { Provision } from './disclosure-shapes.ts'

const longest = { authority: 200, officer: 200, caseNumber: 64 } as const
/** Stands for no ground in the list: an empty key is none. */
const none = '-'

/** What an authority asks, or what is reported to it: who, which case, on which ground, when. */
export function AuthorityFields({
  typed,
  provisions,
  wrong,
  onChange,
}: {
  typed: AuthorityTyped
  provisions: readonly Provision[]
  wrong: readonly AuthorityField[]
  onChange: (edited: Partial<AuthorityTyped>) => void
}) {
  const { say, named } = useLanguage()
  const isWrong = (field: AuthorityField) => wrong.includes(field)
  return (
    <>
      <RadioCards
        label={say('authorityDisclosure.origin')}
        options={(['REQUEST', 'OWN_INITIATIVE'] as const).map((value) => ({
          value,
          label: say(`authorityDisclosure.origin.${value}`),
        }))}
        value={typed.origin}
        onChange={(origin) => onChange({ origin: origin as AuthorityTyped['origin'] })}
      />
      {(['authority', 'officer', 'caseNumber'] as const).map((field) => (
        <Field
          key={field}
          id={`authority-${field}`}
          label={say(`authorityDisclosure.${field}`)}
          hint={say(`authorityDisclosure.${field}.hint`)}
          error={isWrong(field) ? say(`authorityDisclosure.${field}.missing`) : undefined}
          value={typed[field]}
          onChange={(value) => onChange({ [field]: value })}
          maxLength={longest[field]}
          autoComplete="off"
        />
      ))}
      <Choice
        label={say('authorityDisclosure.aim')}
        options={(['PREVENTION', 'INVESTIGATION'] as const).map((value) => ({
          value,
          label: say(`authorityDisclosure.aim.${value}`),
        }))}
        value={typed.aim}
        onChange={(aim) => onChange({ aim: aim as AuthorityTyped['aim'] })}
      />
      <Choice
        label={say('authorityDisclosure.provision')}
        hint={say('authorityDisclosure.provision.hint')}
        options={[
          { value: none, label: say('authorityDisclosure.provision.none') },
          ...provisions.map(({ id, names }) => ({ value: id, label: named(names) })),
        ]}
        value={provisions.some(({ id }) => id === typed.provisionId) ? typed.provisionId : none}
        onChange={(provisionId) => onChange({ provisionId: provisionId === none ? '' : provisionId })}
      />
      <div className="step-times">
        <Day
          id="authority-receivedAt"
          label={say('authorityDisclosure.receivedAt')}
          error={isWrong('receivedAt') ? say('error.authority.received-wrong') : undefined}
          value={typed.day === '' ? null : parseDate(typed.day)}
          onChange={(day) => onChange({ day: day?.toString() ?? '' })}
        />
        <TimeOfDay
          label={say('request.received.time')}
          isWrong={isWrong('receivedAt') && typed.time === ''}
          value={typed.time === '' ? null : parseTime(typed.time)}
          onChange={(time) => onChange({ time: time?.toString() ?? '' })}
        />
      </div>
    </>
  )
}
