import { formatDate } from '../format/instant.ts'
import { locales } from '../language/language.ts'
import { useLanguage } from '../language/use-words.ts'
import type { PrivacyReport } from './copy-shapes.ts'
import { isMost, readFigureName, unitOf, type FigureName } from './figure-name.ts'

type Evaluation = NonNullable<PrivacyReport['evaluation']>

/** How the engine's version fared against attackers and listeners, beside what is demanded of its level. */
export function EvaluationFigures({ evaluation: { date, figures } }: { evaluation: Evaluation }) {
  const { say, language } = useLanguage()
  const format = new Intl.NumberFormat(locales[language], { maximumFractionDigits: 2 })
  return (
    <div className="scroll">
      <table className="table">
        <caption className="report-caption">
          {say('anonymisation.report.evaluated', { date: formatDate(`${date}T12:00:00Z`, language) })}
        </caption>
        <thead>
          <tr>
            <th scope="col">{say('anonymisation.report.measure')}</th>
            <th scope="col" className="numeric">
              {say('anonymisation.report.value')}
            </th>
            <th scope="col" className="numeric">
              {say('anonymisation.report.demanded')}
            </th>
          </tr>
        </thead>
        <tbody>
          {figures.map(({ name, value, demanded }) => {
            const read = readFigureName(name)
            const unit = read ? unitOf(read) : ''
            return (
              <tr key={name}>
                <th scope="row" className="wrapping">
                  {read ? <Named figure={read} /> : name}
                </th>
                <td className="numeric">
                  {format.format(value)}
                  {unit}
                </td>
                <td className="numeric">
                  {demanded === undefined
                    ? '–'
                    : say(read && isMost(read) ? 'anonymisation.report.most' : 'anonymisation.report.least', {
                        figure: `${format.format(demanded)}${unit}`,
                      })}
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}

function Named({ figure: { subject, measure, set } }: { figure: FigureName }) {
  const { say } = useLanguage()
  return (
    <>
      {say(`anonymisation.figure.${measure}`)}
      {(subject ?? set) !== undefined && (
        <span className="second">
          {[subject && say(`anonymisation.figure.of.${subject}`), set && say(`anonymisation.figure.set.${set}`)]
            .filter(Boolean)
            .join(', ')}
        </span>
      )}
    </>
  )
}
