import TerminalKit

/// The whole screen of a model. Nothing else decides what is seen.
package func view(_ model: Model) -> Canvas {
    var canvas = Canvas(columns: model.size.columns, rows: model.size.rows)
    guard !model.isTooSmall else {
        canvas.put("boxtop needs 40×8; this is \(model.size.columns)×\(model.size.rows)", 0, 0, .warning)
        canvas.put("q quits", 1, 0, .dim)
        return canvas
    }
    switch model.page {
    case .list:
        HeaderView.draw(model, on: &canvas)
        ListView.draw(model, on: &canvas)
        if let panel = model.panel { LimitsView.draw(panel, model, on: &canvas) }
    case .details(let page): DetailsView.draw(page, model, on: &canvas)
    case .log(let page): LogView.draw(page, model, on: &canvas)
    case .inspect(let scroll): InspectView.draw(scroll, model, on: &canvas)
    case .resources(let page): ResourceView.draw(page, model, on: &canvas)
    }
    Footer.draw(model, on: &canvas)
    switch model.dialog {
    case .help(let scroll): HelpView.draw(scroll, model, on: &canvas)
    case .confirm(let confirmation): ConfirmView.draw(confirmation, model, on: &canvas)
    case .menu(let menu): MenuView.draw(menu, model, on: &canvas)
    case .palette(let palette): PaletteView.draw(palette, model, on: &canvas)
    case .form(let form): FormView.draw(form, model, on: &canvas)
    case nil: break
    }
    return canvas
}
