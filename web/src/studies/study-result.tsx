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
import { columnsOf, drawnOf, numberOf, sayFigure, writeNumber } from './figure-columns.ts'
import { pngOf, saveBlob, svgOf } from './plot-files.ts'
import { layOutPlot, type Plot } from './plot-scene.ts'
import { comparedDays, daysOf, type StudyQuestion, type Days, type Study } from './question.ts'
import { nameRow, nameShortly } from './row-name.ts'
import { sayNotes } from './say-notes.ts'
import { StudyPlot, useWidth } from './study-plot.tsx'
import { StudyTable } from './study-table.tsx'

/** Width from which bars of times are vertical. */
const minVerticalPx = 560
const maxTimes = 40
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
  const { say, language } = useLanguage()
  const [ref, width] = useWidth()
  const [isUnmade, setUnmade] = useState(false)
  const { by = 'month', measure = 'calls' } = question
  const days = daysOf(question, today)
  const other = comparedDays(days, question.compare ?? 'none')
  const text = (time: Days) => sayDays(time, language)
  const title = say('studies.about', { measure: say(`studies.measure.${measure}`), by: say(`studies.by.${by}`) })
  const notes = sayNotes(study, text(days), other && text(other), say, language)
  const isNothing = study.rows.every(({ figures, compared }) =>
    [figures, compared].every((one) => !one || Object.values(one).every((figure) => figure === 0 || figure === null)),
  )

  const { value, mark } = drawnOf(measure)
  const isTime = by === 'hour' || by === 'weekday' || by === 'month'
  const plotOf = (px: number, shape: Partial<Plot> = {}): Plot => {
    const isHorizontal = !isTime || px < minVerticalPx || study.rows.length > maxTimes
    return {
      items: study.rows.map((row) => ({
        label: isHorizontal ? nameRow(row, by, language, say) : nameShortly(row, by, language, say),
        value: numberOf(row.figures, value),
        compared: other && numberOf(row.compared, value),
        mark: mark && numberOf(row.figures, mark),
      })),
      isCompared: other !== undefined,
      write: (number) => writeNumber(number, value.kind, language),
      ...{ kind: value.kind, isHorizontal, width: px },
      legend: {
        value: `${say(value.word)}${other ? `, ${text(days)}` : ''}`,
        compared: other && `${say(value.word)}, ${text(other)}`,
        mark: mark && say(mark.word),
      },
      ...shape,
    }
  }
  const fileName = `${say('studies.file')}-${days.start.toString()}-${days.end.toString()}`
  const fileScene = () => layOutPlot(plotOf(filePx, { title: [title, sayTimes()] }))
  const sayTimes = () => (other ? say('studies.times.both', { time: text(days), other: text(other) }) : text(days))

  const saveCsv = () => {
    const columns = columnsOf(measure)
    const times = other
      ? ([
          ['figures', text(days)],
          ['compared', text(other)],
        ] as const)
      : ([['figures', '']] as const)
    const rows = [
      ...study.rows.map((row) => ({ ...row, name: nameRow(row, by, language, say) })),
      { ...study.total, name: say('studies.total') },
    ]
    saveBlob(
      new Blob(
        [
          csvOf([
            [title],
            [sayTimes()],
            ...notes.map((note) => [note]),
            [say('studies.hidden', { count: study.fewest })],
            [],
            [
              say(`studies.by.${by}`),
              ...times.flatMap(([, time]) => columns.map(({ word }) => (time ? `${say(word)} (${time})` : say(word)))),
            ],
            ...rows.map((row) => [
              row.name,
              ...times.flatMap(([of]) => columns.map((column) => sayFigure(row[of], column, language, say))),
            ]),
          ]),
        ],
        { type: 'text/csv;charset=utf-8' },
      ),
      `${fileName}.csv`,
    )
    announce(say('studies.saved'))
  }
  const saveSvg = () => {
    saveBlob(new Blob([svgOf(fileScene())], { type: 'image/svg+xml' }), `${fileName}.svg`)
    announce(say('studies.saved'))
  }
  const savePng = async () => {
    const png = await pngOf(fileScene())
    setUnmade(png === null)
    if (!png) return
    saveBlob(png, `${fileName}.png`)
    announce(say('studies.saved'))
  }

  return (
    <>
      {notes.length > 0 && (
        <Notice kind="info" title={say('studies.notes')}>
          <ul className="study-notes">
            {notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </Notice>
      )}
      {isNothing ? (
        <Notice kind="info" title={say('studies.none')}>
          {say('studies.none.hint', { count: study.fewest })}
        </Notice>
      ) : (
        <>
          <section className="panel stack-small" aria-labelledby="study-plot">
            <h2 id="study-plot">{title}</h2>
            <p className="muted">{sayTimes()}</p>
            <div ref={ref} className="study-plot-room">
              {width !== undefined && width > 0 && (
                <StudyPlot
                  scene={layOutPlot(plotOf(width))}
                  sentence={say('studies.plot', { title, times: sayTimes() })}
                />
              )}
            </div>
          </section>
          <StudyTable study={study} question={question} times={[text(days), other && text(other)]} />
          <section className="panel stack-small" aria-labelledby="study-files">
            <h2 id="study-files">{say('studies.files')}</h2>
            <p>{say('studies.files.what')}</p>
            {isUnmade && <Notice kind="error">{say('studies.files.unmade')}</Notice>}
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
                  {say(`studies.files.${kind}` as Word)}
                </Button>
              ))}
            </div>
          </section>
        </>
      )}
    </>
  )
}

function sayDays({ start, end }: Days, language: Language): string {
  const [first, last] = [start, end].map((day) => formatDate(`${day.toString()}T09:00:00Z`, language))
  return first === last ? `${first}` : `${first}–${last}`
}
