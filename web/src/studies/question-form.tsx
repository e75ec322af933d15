import { endOfMonth, startOfMonth, type CalendarDate } from '@internationalized/date'
import { useState } from 'react'
import { Button } from '../controls/button.tsx'
import { Checks } from '../controls/checks.tsx'
import { Choice } from '../controls/choice.tsx'
import { DateRangeField } from '../controls/date-range.tsx'
import { languageNames, type Language } from '../language/language.ts'
import { useLanguage } from '../language/use-words.ts'
import { breakdowns, comparisons, daysOf, measures, type StudyQuestion, type Days, type Study } from './question.ts'

const everything = 'all'

/** Form of the question: each choice changes the URL at once, typed days when submitted; the answer follows. */
export function QuestionForm({
  question,
  today,
  choices,
  onChange,
}: {
  question: StudyQuestion
  today: CalendarDate
  choices: Study['choices'] | undefined
  onChange: (more: Partial<StudyQuestion>) => void
}) {
  const { t, named } = useLanguage()
  const days = daysOf(question, today)
  const numbers = question.numbers?.split(',') ?? []
  return (
    <section className="panel study-question" aria-labelledby="study-question">
      <h2 id="study-question">{t('studies.question')}</h2>
      <div className="study-fields">
        <Choice
          label={t('studies.measure')}
          options={measures.map((value) => ({ value, label: t(`studies.measure.${value}`) }))}
          value={question.measure ?? 'calls'}
          onChange={(measure) => onChange({ measure: measure as StudyQuestion['measure'] & string })}
        />
        <Choice
          label={t('studies.by')}
          options={breakdowns.map((value) => ({ value, label: t(`studies.by.${value}`) }))}
          value={question.by ?? 'month'}
          onChange={(by) => onChange({ by: by as StudyQuestion['by'] & string })}
        />
        <Choice
          label={t('studies.compare')}
          options={comparisons.map((value) => ({ value, label: t(`studies.compare.${value}`) }))}
          value={question.compare ?? 'none'}
          onChange={(compare) => onChange({ compare: compare as NonNullable<StudyQuestion['compare']> })}
        />
      </div>
      <PeriodFields
        key={`${days.start.toString()} ${days.end.toString()}`}
        days={days}
        today={today}
        onDays={({ start, end }) => onChange({ from: start.toString(), to: end.toString() })}
      />
      <details
        className="study-more"
        open={numbers.length > 0 || question.region !== undefined || question.language !== undefined}
      >
        <summary>{t('studies.narrow')}</summary>
        <div className="study-fields">
          <Choice
            label={t('studies.region')}
            options={[
              { value: everything, label: t('studies.region.all') },
              ...(choices?.regions ?? []).map(({ key, names }) => ({ value: key, label: named(names) })),
            ]}
            value={question.region ?? everything}
            onChange={(region) => onChange({ region: region === everything ? '' : region })}
          />
          <Choice
            label={t('studies.language')}
            options={[
              { value: everything, label: t('studies.language.all') },
              ...(['fi', 'sv', 'en'] as const).map((value) => ({ value, label: languageNames[value] })),
            ]}
            value={question.language ?? everything}
            onChange={(language) => onChange({ language: language as Language })}
          />
        </div>
        <Checks
          label={t('studies.numbers')}
          hint={t('studies.numbers.hint')}
          options={(choices?.numbers ?? []).map(({ number, display, name }) => ({
            value: number,
            label: display,
            detail: name && named(name),
          }))}
          value={numbers}
          onChange={(chosen) => onChange({ numbers: chosen.join(',') })}
        />
      </details>
    </section>
  )
}

/** Period: presets and days. */
function PeriodFields({ days, today, onDays }: { days: Days; today: CalendarDate; onDays: (days: Days) => void }) {
  const { t } = useLanguage()
  const [chosen, setChosen] = useState<Days | null>(days)
  const isWrong = chosen !== null && chosen.end.compare(chosen.start) < 0
  const lastMonth = startOfMonth(today).subtract({ months: 1 })
  const common = {
    month: { start: lastMonth, end: endOfMonth(lastMonth) },
    year: { start: startOfMonth(today).subtract({ months: 12 }), end: startOfMonth(today).subtract({ days: 1 }) },
    thisYear: { start: today.set({ month: 1, day: 1 }), end: today },
  }
  return (
    <form
      className="study-period"
      onSubmit={(event) => {
        event.preventDefault()
        if (chosen && !isWrong) onDays(chosen)
      }}
    >
      <DateRangeField
        label={t('studies.period')}
        error={isWrong ? t('contacts.search.days.wrong') : ''}
        value={chosen}
        onChange={setChosen}
      />
      <div className="actions">
        <Button type="submit" kind="primary">
          {t('studies.period.show')}
        </Button>
        {(['month', 'year', 'thisYear'] as const).map((name) => (
          <Button key={name} kind="secondary" onPress={() => onDays(common[name])}>
            {t(`studies.period.${name}`)}
          </Button>
        ))}
      </div>
    </form>
  )
}
