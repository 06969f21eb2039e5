import Monitoring
import TerminalKit

extension Dialog.Palette {
    /// The actions in whose name and help words begin as all that was typed, one whose name was typed first; none where a
    /// command line was typed.
    func matches(_ context: Context) -> [Binding] {
        if TypedCommand(field.text)?.isCertain == true { return [] }
        let typed = field.text.lowercased().split(separator: " ")
        var seen: Set<Action> = []
        let found = KeyMap.typed(in: context).filter { binding in
            let moving: Set<Action> = [.up, .down, .pageUp, .pageDown, .first, .last, .left, .right, .palette]
            guard !moving.contains(binding.action), seen.insert(binding.action).inserted else { return false }
            let words = "\(binding.action.title) \(binding.help)".lowercased().split { !$0.isLetter && !$0.isNumber }
            return typed.allSatisfy { word in words.contains { $0.hasPrefix(word) } }
        }
        let name = typed.joined(separator: " ")
        return found.filter { $0.action.title == name } + found.filter { $0.action.title != name }
    }
}

extension Model {
    mutating func takeInPalette(_ palette: Dialog.Palette, _ key: Key) -> [Effect] {
        var palette = palette
        let matches = palette.matches(context)
        switch key {
        case .escape:
            dialog = nil
            return []
        case .up: palette.selected = max(0, palette.selected - 1)
        case .down: palette.selected = min(max(0, matches.count - 1), palette.selected + 1)
        case .enter:
            dialog = nil
            if matches.indices.contains(palette.selected) { return perform(matches[palette.selected].action) }
            // What is no action is a verb of the command line, as typed.
            let command = TypedCommand(palette.field.text)
            guard let command, command.refusal == nil else {
                say(command?.refusal ?? "a quote is open", .warning)
                return []
            }
            say("\(command.words.joined(separator: " ")) …", .busy)
            return [.run(arguments: command.words)]
        default:
            if palette.field.take(key) { palette.selected = 0 }
        }
        dialog = .palette(palette)
        return []
    }

    mutating func takeInForm(_ form: NewContainer, _ key: Key) -> [Effect] {
        var form = form
        let rows = NewContainer.Row.allCases
        let chooses = form.focus == .image || form.focus == .restart
        switch key {
        case .escape:
            dialog = nil
            return []
        case .up, .backtab:
            form.focus = rows[(form.focus.rawValue + rows.count - 1) % rows.count]
        case .down, .tab:
            form.focus = rows[(form.focus.rawValue + 1) % rows.count]
        case .left where chooses: form.choose(-1)
        case .right where chooses: form.choose(1)
        case .enter:
            form.tried = true
            guard let wrong = rows.first(where: { form.problem($0) != nil }) else {
                dialog = nil
                submitted = form
                awaited = form.text(.name).isEmpty ? nil : form.text(.name)
                say("starting \(form.text(.name).isEmpty ? form.text(.image) : form.text(.name)) …", .busy)
                return [.run(arguments: form.arguments)]
            }
            form.focus = wrong
        default: form.edit(key)
        }
        dialog = .form(form)
        return []
    }

    /// What a person has filled in is not lost when it could not be made: it can be mended.
    mutating func reopen(_ form: NewContainer, _ refusal: String) {
        guard dialog == nil else { return }
        var form = form
        form.refusal = refusal
        form.taken = Set(snapshot?.containers.map(\.name) ?? [])
        dialog = .form(form)
        status = nil
    }
}
