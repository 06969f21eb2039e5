import Glibc
import JSON
import Linux
import Records

extension Supervisor {
    mutating func acceptClients() {
        guard let number = listener?.number else { return }
        while let socket = try? UnixSocket.accept(from: number) { add(Client(socket: socket)) }
    }

    /// Takes a client in; the foreground is attached from the start.
    mutating func add(_ client: Client) {
        if client.isForeground { (client.isAttached, client.givesInput) = (true, true) }
        do { try poller.add(client.socket.number, as: nextToken, for: client.interest) } catch { return }
        clients[nextToken] = client
        nextToken += 1
    }

    mutating func readClient(_ token: UInt64) {
        guard let client = clients[token] else { return }
        let packet: [UInt8]?
        do { packet = try client.socket.receive(atMost: AttachFrame.maximumPayload + 1, waiting: false) } catch {
            client.leave()
            return
        }
        guard let packet else { return }
        guard let kind = packet.first else {
            client.leave()
            return
        }
        if !client.isAttached {
            handle(packet, from: client)
            return
        }
        switch AttachFrame(rawValue: kind) {
        case .input where client.givesInput: take(packet.dropFirst(), from: client)
        case .resize:
            if case .resize(let rows, let columns)? = try? JSON.decode(
                ControlRequest.self, from: Array(packet.dropFirst()))
            {
                _ = resize(rows: rows, columns: columns)
            }
        default: break
        }
    }

    private mutating func take(_ bytes: ArraySlice<UInt8>, from client: Client) {
        if !bytes.isEmpty {
            take(input: bytes)
        } else if client.isForeground || !record.openInput {
            // The end of the foreground's input is the container's, as in `echo hello | boxtop run -i … cat`. Others
            // come and go: an input that was asked to stay open outlives them.
            endInput()
        }
    }

    /// After each round: lets those go who have gone, and tells the poller whom to listen to and whom to write to.
    mutating func settleClients() {
        for (token, client) in clients {
            if client.isGone {
                if client.holdsStill { _ = unpause() }
                poller.remove(client.socket.number)
                clients[token] = nil
                continue
            }
            // Whoever gives input waits while the container takes none.
            var interest: Poller.Interest = inputWaits && client.isAttached && client.givesInput ? [] : .read
            if client.hasQueue { interest.insert(.write) }
            if interest != client.interest {
                try? poller.change(client.socket.number, as: token, for: interest)
                client.interest = interest
            }
        }
        holdOutput(clients.values.contains { $0.holdsOutput })
    }

    /// Stops or goes on to read what the container writes.
    private mutating func holdOutput(_ holds: Bool) {
        if holds == outputWaits { return }
        outputWaits = holds
        let interest: Poller.Interest = holds ? [] : .read
        if let number = stdio.output?.number { try? poller.change(number, as: Token.output, for: interest) }
        if let number = stdio.error?.number { try? poller.change(number, as: Token.error, for: interest) }
        if let number = stdio.terminal?.number {
            try? poller.change(number, as: Token.terminal, for: inputWaits ? interest.union(.write) : interest)
        }
    }
}
