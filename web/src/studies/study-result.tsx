import type { CalendarDate } from '@internationalized/date'
import { Download } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../controls/button.tsx'
import { Notice } from '../controls/notice.tsx'
import { formatDate } from '../format/instant.ts'
import type { Language } from '../language/language.ts'
import { useLanguage, type Word } from '../language/use-words.ts'
import { announce } from '../shell/announce.tsx'
import { csvOf } from './csv.ts'
import { columnsOf, plottedColumns, numberOf, figureText, writeNumber } from './figure-columns.ts'
import { pngOf, saveBlob, svgOf } from './plot-files.ts'
import { layOutPlot, type Plot } from './plot-scene.ts'
import { comparedDays, daysOf, type StudyQuestion, type Days, type Study } from './question.ts'
import { nameRow, nameShortly } from './row-name.ts'
import { notesText } from './notes-text.ts'
import { StudyPlot, useWidth } from './study-plot.tsx'
import { StudyTable } from './study-table.tsx'

/** Width from which bars of times are vertical. */
const minVerticalPx = 560
const maxVerticalBars = 40
const filePx = 900

/** Answer: notes, plot, table, and both as files. */
export function StudyResult({
  study,
  question,
  today,
}: {
  study: Study
  question: StudyQuestion
  today: CalendarDate
}) {
  const { t, language } = useLanguage()
  const [ref, width] = useWidth()
  const [hasPngFailed, setPngFailed] = useState(false)
  const { by = 'month', measure = 'calls' } = question
  const days = daysOf(question, today)
  const comparedPeriod = comparedDays(days, question.compare ?? 'none')
  const text = (time: Days) => daysText(time, language)
  const title = t('studies.about', { measure: t(`studies.measure.${measure}`), by: t(`studies.by.${by}`) })
  const notes = notesText(study, text(days), comparedPeriod && text(comparedPeriod), t, language)
  const isEmpty = study.rows.every(({ figures, compared }) =>
    [figures, compared].every((one) => !one || Object.values(one).every((figure) => figure === 0 || figure === null)),
  )

  const { value, mark } = plottedColumns(measure)
  const isTime = by === 'hour' || by === 'weekday' || by === 'month'
  const plotOf = (px: number, shape: Partial<Plot> = {}): Plot => {
    const isHorizontal = !isTime || px < minVerticalPx || study.rows.length > maxVerticalBars
    return {
      items: study.rows.map((row) => ({
        label: isHorizontal ? nameRow(row, by, language, t) : nameShortly(row, by, language, t),
        value: numberOf(row.figures, value),
        compared: comparedPeriod && numberOf(row.compared, value),
        mark: mark && numberOf(row.figures, mark),
      })),
      isCompared: comparedPeriod !== undefined,
      write: (number) => writeNumber(number, value.kind, language),
      kind: value.kind,
      isHorizontal,
      width: px,
      legend: {
        value: `${t(value.word)}${comparedPeriod ? `, ${text(days)}` : ''}`,
        compared: comparedPeriod && `${t(value.word)}, ${text(comparedPeriod)}`,
        mark: mark && t(mark.word),
      },
      ...shape,
    }
  }
  const fileName = `${t('studies.file')}-${days.start.toString()}-${days.end.toString()}`
  const fileScene = () => layOutPlot(plotOf(filePx, { title: [title, timesText()] }))
  const timesText = () =>
    comparedPeriod ? t('studies.times.both', { time: text(days), other: text(comparedPeriod) }) : text(days)

  const saveCsv = () => {
    const columns = columnsOf(measure)
    const times = comparedPeriod
      ? ([
          ['figures', text(days)],
          ['compared', text(comparedPeriod)],
        ] as const)
      : ([['figures', '']] as const)
    const rows = [
      ...study.rows.map((row) => ({ ...row, name: nameRow(row, by, language, t) })),
      { ...study.total, name: t('studies.total') },
    ]
    saveBlob(
      new Blob(
        [
          csvOf([
            [title],
            [timesText()],
            ...notes.map((note) => [note]),
            [t('studies.hidden', { count: study.fewest })],
            [],
            [
              t(`studies.by.${by}`),
              ...times.flatMap(([, time]) => columns.map(({ word }) => (time ? `${t(word)} (${time})` : t(word)))),
            ],
            ...rows.map((row) => [
              row.name,
              ...times.flatMap(([figuresKey]) =>
                columns.map((column) => figureText(row[figuresKey], column, language, t)),
              ),
            ]),
          ]),
        ],
        { type: 'text/csv;charset=utf-8' },
      ),
      `${fileName}.csv`,
    )
    announce(t('studies.saved'))
  }
  const saveSvg = () => {
    saveBlob(new Blob([svgOf(fileScene())], { type: 'image/svg+xml' }), `${fileName}.svg`)
    announce(t('studies.saved'))
  }
  const savePng = async () => {
    const png = await pngOf(fileScene())
    setPngFailed(png === null)
    if (!png) return
    saveBlob(png, `${fileName}.png`)
    announce(t('studies.saved'))
  }

  return (
    <>
      {notes.length > 0 && (
        <Notice kind="info" title={t('studies.notes')}>
          <ul className="study-notes">
            {notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </Notice>
      )}
      {isEmpty ? (
        <Notice kind="info" title={t('studies.none')}>
          {t('studies.none.hint', { count: study.fewest })}
        </Notice>
      ) : (
        <>
          <section className="panel stack-small" aria-labelledby="study-plot">
            <h2 id="study-plot">{title}</h2>
            <p className="muted">{timesText()}</p>
            <div ref={ref} className="study-plot-room">
              {width !== undefined && width > 0 && (
                <StudyPlot
                  scene={layOutPlot(plotOf(width))}
                  sentence={t('studies.plot', { title, times: timesText() })}
                />
              )}
            </div>
          </section>
          <StudyTable study={study} question={question} times={[text(days), comparedPeriod && text(comparedPeriod)]} />
          <section className="panel stack-small" aria-labelledby="study-files">
            <h2 id="study-files">{t('studies.files')}</h2>
            <p>{t('studies.files.what')}</p>
            {hasPngFailed && <Notice kind="error">{t('studies.files.unmade')}</Notice>}
            <div className="actions">
              {(
                [
                  ['csv', saveCsv],
                  ['svg', saveSvg],
                  ['png', () => void savePng()],
                ] as const
              ).map(([kind, save]) => (
                <Button key={kind} onPress={save}>
                  <Download aria-hidden="true" size={18} />
                  {t(`studies.files.${kind}` as Word)}
                </Button>
              ))}
            </div>
          </section>
        </>
      )}
    </>
  )
}

function daysText({ start, end }: Days, language: Language): string {
  const [first, last] = [start, end].map((day) => formatDate(`${day.toString()}T09:00:00Z`, language))
  return first === last ? `${first}` : `${first}–${last}`
}
