import { Download } from 'lucide-react'
import { useState } from 'react'
import { serverNowMs } from '../api/server-time.ts'
import { Button } from '../controls/button.tsx'
import { Checks } from '../controls/checks.tsx'
import { DateRangeField, type DateRange } from '../controls/date-range.tsx'
import { Failure } from '../controls/failure.tsx'
import { RadioCards } from '../controls/radio-cards.tsx'
import { readsLog } from '../disclosures/disclosure-shapes.ts'
import { saveFile } from '../disclosures/save-file.ts'
import { useLanguage } from '../language/use-words.ts'
import { todayAt } from '../retention/hold-dates.ts'
import { useMe } from '../session/use-presence.ts'
import { announce } from '../shell/announce.tsx'
import { Only } from '../shell/only.tsx'
import { Page } from '../shell/page.tsx'
import { publicPages } from '../shell/public-pages.ts'
import { formats, kindsOf, pathOf, type Format } from './records-query.ts'

/** Asiarekisteri: exports the decisions of a period, for those who oversee or decide. */
export function RecordsPage() {
  return (
    <Only who={readsLog}>
      <Records />
    </Only>
  )
}

function Records() {
  const { t, language } = useLanguage()
  const known = kindsOf(useMe())
  const [range, setRange] = useState<DateRange | null>(() => {
    const today = todayAt(serverNowMs())
    return { start: today.set({ month: 1, day: 1 }), end: today }
  })
  const [kinds, setKinds] = useState<string[]>([...known])
  const [format, setFormat] = useState<Format>('csv')
  const [isTried, setTried] = useState(false)
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const rangeError = isTried && range === null ? t('records.period.error') : ''
  const kindsError = isTried && kinds.length === 0 ? t('records.kinds.error') : undefined

  async function save(): Promise<void> {
    setTried(true)
    if (range === null || kinds.length === 0) return
    setBusy(true)
    announce(t('records.exporting'))
    const days = { from: range.start.toString(), to: range.end.toString() }
    const name = `${t('records.title').toLocaleLowerCase(language)}-${days.from}-${days.to}.${format}`
    const failed = await saveFile(pathOf({ ...days, kinds, known, format, language }), name)
    setBusy(false)
    setError(failed)
    if (failed === undefined) announce(t('records.exported'))
  }

  return (
    <Page title={t('records.title')} lead={t('records.lead')}>
      <form
        className="panel stack-small"
        onSubmit={(event) => {
          event.preventDefault()
          void save()
        }}
      >
        <DateRangeField label={t('records.period')} error={rangeError} value={range} onChange={setRange} />
        <Checks
          label={t('records.kinds')}
          error={kindsError}
          options={known.map((value) => ({ value, label: t(`records.kind.${value}`) }))}
          value={kinds}
          onChange={setKinds}
        />
        <RadioCards
          label={t('records.format')}
          options={formats.map((value) => ({
            value,
            label: t(`records.format.${value}`),
            detail: t(`records.format.${value}.hint`),
          }))}
          value={format}
          onChange={(value) => setFormat(value as Format)}
        />
        {error !== undefined && <Failure error={error} />}
        <div>
          <Button kind="primary" type="submit" isBusy={isBusy}>
            <Download aria-hidden="true" size={18} />
            {t('records.export')}
          </Button>
        </div>
      </form>
      <section className="panel stack-small" aria-labelledby="record-of-processing">
        <h2 id="record-of-processing">{t('records.processing')}</h2>
        <p>{t('records.processing.lead')}</p>
        <p>
          <a href={`${publicPages.description[language]}.json`}>{t('records.processing.json')}</a>
        </p>
        <p>
          <a href={`${publicPages.description[language]}.pdf`}>{t('records.processing.pdf')}</a>
        </p>
      </section>
    </Page>
  )
}
