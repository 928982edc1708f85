-- A dissector for Wireshark and tshark (3.6 or later) of socklab's messages, over TCP and over UDP.
--
-- `socklab dissector --install` puts it where Wireshark looks for plugins; `tshark -X lua_script:socklab.lua` uses it
-- once. Display filters begin with "socklab": socklab.kind == "FILE", socklab.stream == 3, socklab.result.code != 0.
--
-- The standard is docs/protocol.md; "section" below means its sections. What is sealed is labelled and not opened: its
-- keys were never on the wire.

local VERSION = 1
local HEADER_BYTES = 12
local PAYLOAD_BYTES_MAX = 65507
local SEGMENT_START = 18
local SEGMENT_HEAD_BYTES = 22
local SEAL_BYTES = 16
local RANGES_MAX = 3
-- Beyond so much out of order, in one direction of one session, the frames in segments are no longer looked for.
local PIECES_BYTES_MAX = 4194304
-- Whole numbers beyond this are not exact in a double, which is what older versions of Lua count with.
local EXACT_MAX = 9007199254740992

local KINDS = {
    [0x01] = "OPEN", [0x02] = "ACCEPTED", [0x03] = "REFUSED", [0x04] = "PING", [0x05] = "PONG", [0x06] = "BYE",
    [0x10] = "TEXT", [0x11] = "FILE", [0x12] = "HAVE", [0x13] = "FROM", [0x14] = "GO", [0x15] = "DATA", [0x16] = "END",
    [0x17] = "CANCEL", [0x20] = "STOP", [0x21] = "DRAINING", [0x30] = "EXEC", [0x31] = "STARTED", [0x32] = "STDOUT",
    [0x33] = "STDERR", [0x34] = "CREDIT", [0x40] = "JOIN", [0x41] = "JOINED", [0x42] = "SAY", [0x43] = "SAID",
    [0x44] = "CAME", [0x45] = "LEFT", [0x50] = "RESULT",
}
local OPENS_A_STREAM = { TEXT = true, FILE = true, STOP = true, EXEC = true, JOIN = true }
local RESULTS = {
    [0] = "done", "denied", "command not allowed", "name refused", "too large", "mismatch", "busy", "cancelled",
    "malformed", "unsupported", "failed", "stopping", "superseded", "repeated",
}
local REFUSALS = {
    "no such key, or not its secret", "plain sessions are not served", "too many sessions", "the server is stopping",
    "malformed opening, or another version",
}
local MODES = { [0] = "plain", "sealed" }
local DATAGRAMS = { "HELLO", "RETRY", "OPEN", "ACCEPTED", "REFUSED", "SEGMENT" }
local ENDINGS = { [0] = "exited", "ended by a signal", "not started" }
local REASONS = { [0] = "by itself", "time limit", "output limit", "cancelled", "server stopping" }

local socklab = Proto("socklab", "socklab messages")

local f = {
    -- Section 1: frames.
    version = ProtoField.uint8("socklab.version", "Version"),
    kind = ProtoField.uint8("socklab.kind", "Kind", base.HEX, KINDS),
    reserved = ProtoField.uint16("socklab.reserved", "Reserved", base.HEX),
    stream = ProtoField.uint32("socklab.stream", "Stream"),
    length = ProtoField.uint32("socklab.length", "Length of the payload"),
    payload = ProtoField.bytes("socklab.payload", "Payload"),
    -- Section 3: sessions.
    mode = ProtoField.uint8("socklab.open.mode", "Mode", base.DEC, MODES),
    key_id = ProtoField.bytes("socklab.open.key_id", "Key id"),
    noise = ProtoField.bytes("socklab.noise", "Noise message"),
    refusal = ProtoField.uint8("socklab.refused.code", "Refused because", base.DEC, REFUSALS),
    record = ProtoField.uint16("socklab.record.length", "Length of the record"),
    sealed = ProtoField.bytes("socklab.sealed", "Sealed bytes"),
    datagram = ProtoField.uint8("socklab.datagram", "Datagram", base.DEC, DATAGRAMS),
    nonce = ProtoField.bytes("socklab.nonce", "Nonce"),
    cookie = ProtoField.bytes("socklab.cookie", "Cookie"),
    padding = ProtoField.bytes("socklab.padding", "Padding"),
    session = ProtoField.bytes("socklab.session", "Session id"),
    number = ProtoField.uint64("socklab.number", "Number"),
    segment_offset = ProtoField.uint64("socklab.segment.offset", "Offset"),
    ack = ProtoField.uint64("socklab.segment.ack", "Acknowledged"),
    window = ProtoField.uint32("socklab.segment.window", "Window"),
    flags = ProtoField.uint8("socklab.segment.flags", "Flags", base.HEX),
    fin = ProtoField.bool("socklab.segment.fin", "FIN", 8, nil, 0x01),
    reset = ProtoField.bool("socklab.segment.reset", "RESET", 8, nil, 0x02),
    ranges = ProtoField.uint8("socklab.segment.ranges", "Ranges"),
    range_from = ProtoField.uint64("socklab.segment.range.from", "Received from"),
    range_to = ProtoField.uint64("socklab.segment.range.to", "Received to"),
    segment_data = ProtoField.bytes("socklab.segment.data", "Data"),
    again = ProtoField.bool("socklab.segment.again", "Brings nothing new"),
    -- Section 5: messages.
    ping = ProtoField.bytes("socklab.ping", "Payload of the ping"),
    text = ProtoField.string("socklab.text", "Text", base.UNICODE),
    size = ProtoField.uint64("socklab.file.size", "Size"),
    transfer = ProtoField.bytes("socklab.file.transfer", "Transfer id"),
    file_name = ProtoField.string("socklab.file.name", "Name", base.UNICODE),
    offset = ProtoField.uint64("socklab.file.offset", "Offset"),
    hash = ProtoField.bytes("socklab.sha256", "SHA-256"),
    data = ProtoField.bytes("socklab.data", "Data"),
    sessions = ProtoField.uint32("socklab.draining.sessions", "Sessions being finished"),
    streams = ProtoField.uint32("socklab.draining.streams", "Streams being finished"),
    request = ProtoField.bytes("socklab.exec.request", "Request id"),
    time_limit = ProtoField.uint64("socklab.exec.time_limit", "Time limit, ms"),
    output_limit = ProtoField.uint64("socklab.exec.output_limit", "Output limit, bytes"),
    shell = ProtoField.bool("socklab.exec.shell", "By a shell", 8, nil, 0x01),
    count = ProtoField.uint16("socklab.count", "Count"),
    argument = ProtoField.string("socklab.exec.argument", "Argument", base.UNICODE),
    pid = ProtoField.uint32("socklab.started.pid", "Process id"),
    stdout = ProtoField.bytes("socklab.stdout", "Standard output"),
    stderr = ProtoField.bytes("socklab.stderr", "Standard error"),
    credit = ProtoField.uint32("socklab.credit", "Credit, bytes"),
    room = ProtoField.string("socklab.room", "Room", base.UNICODE),
    who = ProtoField.string("socklab.who", "Who", base.UNICODE),
    line = ProtoField.string("socklab.line", "Line", base.UNICODE),
    time = ProtoField.absolute_time("socklab.time", "Time"),
    code = ProtoField.uint8("socklab.result.code", "Result", base.DEC, RESULTS),
    fits = ProtoField.uint64("socklab.result.room", "Room for, bytes"),
    errno = ProtoField.uint32("socklab.result.errno", "Error number"),
    how = ProtoField.uint8("socklab.ending.how", "How it ended", base.DEC, ENDINGS),
    value = ProtoField.uint32("socklab.ending.value", "Status, signal or errno"),
    core = ProtoField.bool("socklab.ending.core", "Core dump"),
    why = ProtoField.uint8("socklab.ending.why", "Why it ended", base.DEC, REASONS),
    wait = ProtoField.uint32("socklab.ending.wait", "Wait status", base.HEX),
    out = ProtoField.uint64("socklab.ending.out", "Bytes of standard output"),
    err = ProtoField.uint64("socklab.ending.err", "Bytes of standard error"),
}
socklab.fields = f

local e = {
    malformed = ProtoExpert.new("socklab.malformed", "Malformed", expert.group.MALFORMED, expert.severity.ERROR),
    unknown = ProtoExpert.new("socklab.unknown", "Unknown", expert.group.UNDECODED, expert.severity.NOTE),
    failed = ProtoExpert.new("socklab.failed", "Not done", expert.group.RESPONSE_CODE, expert.severity.NOTE),
    again = ProtoExpert.new("socklab.again", "Sent again", expert.group.SEQUENCE, expert.severity.NOTE),
}
socklab.experts = e

socklab.prefs.port = Pref.uint("Port", 3500, "TCP and UDP port of servers; elsewhere a session is known by how it opens")

-- What is remembered of a capture: sessions by the addresses and ports of TCP, and by the session id of UDP.
local tcp_sessions, udp_sessions = {}, {}

function socklab.init()
    tcp_sessions, udp_sessions = {}, {}
end

local function new_session(sealed, server)
    return { sealed = sealed, server = server, opened = {}, directions = {}, packets = {} }
end

local function malformed(tree, what)
    tree:add_proto_expert_info(e.malformed, what)
end

local function say(pinfo, what)
    pinfo.cols.protocol = "socklab"
    pinfo.cols.info:append((pinfo.private.socklab and ", " or "") .. what)
    pinfo.private.socklab = "said"
end

-- A column may have been written by TCP, or by this dissector for an earlier part of the same packet.
local function begin_info(pinfo)
    pinfo.cols.info:clear()
end

local function plural(count, unit)
    return count .. " " .. unit .. (count == 1 and "" or "s")
end

---------------------------------------------------------------------------------------------------- payloads, read

-- Reads fields one after the other from tvb, up to a limit. What is too short is said once, and what would follow is nil.
local Reader = {}
Reader.__index = Reader

local function read_from(tvb, offset, limit, tree)
    return setmetatable({ tvb = tvb, offset = offset, limit = limit, tree = tree, short = false }, Reader)
end

function Reader:left()
    return self.limit - self.offset
end

function Reader:take(bytes)
    if self.short or bytes > self:left() then
        if not self.short then
            malformed(self.tree, "The payload is too short")
        end
        self.short = true
        return nil
    end
    local range = self.tvb:range(self.offset, bytes)
    self.offset = self.offset + bytes
    return range
end

function Reader:number(field, bytes)
    local range = self:take(bytes)
    if not range then
        return nil
    end
    if field then
        self.tree:add(field, range)
    end
    return bytes == 8 and range:uint64():tonumber() or range:uint()
end

function Reader:bytes(field, bytes)
    local range = self:take(bytes)
    if range then
        self.tree:add(field, range)
    end
end

function Reader:rest(field)
    if not self.short and self:left() > 0 then
        self:bytes(field, self:left())
    end
end

function Reader:text(field, bytes)
    local range = self:take(bytes)
    if range then
        self.tree:add_packet_field(field, range, ENC_UTF_8 + ENC_STRING)
        return range:string(ENC_UTF_8)
    end
end

function Reader:name(field)
    local bytes = self:number(nil, 2)
    return bytes and self:text(field, bytes)
end

function Reader:time()
    local range = self:take(8)
    if range then
        local ms = range:uint64()
        local seconds = (ms / 1000):tonumber()
        if seconds < 2147483648 then
            self.tree:add(f.time, range, NSTime.new(seconds, (ms % 1000):tonumber() * 1000000))
        else
            self.tree:add(f.payload, range):append_text(" (a time that is too late to be shown)")
        end
    end
end

function Reader:finish()
    if not self.short and self:left() > 0 then
        local item = self.tree:add(f.payload, self.tvb:range(self.offset, self:left()))
        item:add_proto_expert_info(e.unknown, "Bytes that version 1 does not describe")
    end
end

---------------------------------------------------------------------------------------------- section 5: messages

local function decode_ending(r)
    r:number(f.how, 1)
    r:number(f.value, 4)
    r:number(f.core, 1)
    r:number(f.why, 1)
    r:number(f.wait, 4)
    r:number(f.out, 8)
    r:number(f.err, 8)
end

-- The bodies of RESULT done, by what opened the stream.
local DONE = {
    TEXT = function(r) r:bytes(f.hash, 32) end,
    FILE = function(r)
        r:bytes(f.hash, 32)
        return r:name(f.file_name)
    end,
    EXEC = decode_ending,
    STOP = function() end,
    JOIN = function() end,
}

local function decode_result(r, opener)
    local code = r:number(f.code, 1)
    if not code then
        return nil
    elseif code == 0 then
        local decode = DONE[opener]
        if decode then
            decode(r)
        else
            r:rest(f.payload)
        end
    elseif code == 4 then
        r:number(f.fits, 8)
    elseif code == 5 then
        r:bytes(f.hash, 32)
    elseif code == 10 then
        r:number(f.errno, 4)
    end
    local name = RESULTS[code] or ("code " .. code)
    if code ~= 0 then
        r.tree:add_proto_expert_info(e.failed, "Not done: " .. name)
    end
    return name
end

local function decode_exec(r)
    r:bytes(f.request, 16)
    r:number(f.time_limit, 8)
    r:number(f.output_limit, 8)
    r:number(f.shell, 1)
    local count = r:number(f.count, 2)
    local first = nil
    for _ = 1, count or 0 do
        local bytes = r:number(nil, 4)
        local argument = bytes and r:text(f.argument, bytes)
        if not argument then
            break
        end
        first = first or argument
    end
    return first
end

local function decode_open(r)
    local mode = r:number(f.mode, 1)
    if mode == 1 then
        r:bytes(f.key_id, 8)
        r:bytes(f.noise, 48)
    end
    return mode and (MODES[mode] or "mode " .. mode)
end

local function decode_happened(r)
    r:time()
    return r:name(f.who)
end

-- Each reads its payload and may return a word for the column Info.
local DECODE = {
    OPEN = decode_open,
    ACCEPTED = function(r) r:rest(f.noise) end,
    REFUSED = function(r) return REFUSALS[r:number(f.refusal, 1)] end,
    PING = function(r) r:bytes(f.ping, 8) end,
    PONG = function(r) r:bytes(f.ping, 8) end,
    TEXT = function(r) r:text(f.text, r:left()) end,
    FILE = function(r)
        r:number(f.size, 8)
        r:bytes(f.transfer, 16)
        return r:name(f.file_name)
    end,
    HAVE = function(r) return r:number(f.offset, 8) end,
    FROM = function(r)
        local offset = r:number(f.offset, 8)
        r:bytes(f.hash, 32)
        return offset
    end,
    GO = function(r) return r:number(f.offset, 8) end,
    DATA = function(r) r:rest(f.data) end,
    END = function(r, opener)
        if opener == "FILE" or r:left() > 0 then
            r:bytes(f.hash, 32)
        end
    end,
    DRAINING = function(r)
        r:number(f.sessions, 4)
        r:number(f.streams, 4)
    end,
    EXEC = decode_exec,
    STARTED = function(r) return r:number(f.pid, 4) end,
    STDOUT = function(r) r:rest(f.stdout) end,
    STDERR = function(r) r:rest(f.stderr) end,
    CREDIT = function(r) return r:number(f.credit, 4) end,
    JOIN = function(r)
        local room = r:name(f.room)
        r:name(f.who)
        return room
    end,
    JOINED = function(r)
        for _ = 1, r:number(f.count, 2) or 0 do
            if not r:name(f.who) then
                break
            end
        end
    end,
    SAY = function(r) r:text(f.line, r:left()) end,
    SAID = function(r)
        local who = decode_happened(r)
        if who then
            r:text(f.line, r:left())
        end
        return who
    end,
    CAME = decode_happened,
    LEFT = decode_happened,
    RESULT = decode_result,
}

------------------------------------------------------------------------------------------------ section 1: frames

-- How many bytes the frame at this place has, or nil while its header is not there; false when this is no frame.
local function frame_bytes(tvb, offset)
    if tvb:len() - offset < HEADER_BYTES then
        return nil
    end
    local length = tvb:range(offset + 8, 4):uint()
    if tvb:range(offset, 1):uint() ~= VERSION or length > PAYLOAD_BYTES_MAX then
        return false
    end
    return HEADER_BYTES + length
end

local function dissect_frame(tvb, offset, pinfo, tree, session)
    local kind = tvb:range(offset + 1, 1):uint()
    local stream, length = tvb:range(offset + 4, 4):uint(), tvb:range(offset + 8, 4):uint()
    local name = KINDS[kind] or string.format("kind 0x%02x", kind)
    local item = tree:add(socklab, tvb:range(offset, HEADER_BYTES + length))
    item:add(f.version, tvb:range(offset, 1))
    item:add(f.kind, tvb:range(offset + 1, 1))
    item:add(f.reserved, tvb:range(offset + 2, 2))
    item:add(f.stream, tvb:range(offset + 4, 4))
    item:add(f.length, tvb:range(offset + 8, 4))
    if OPENS_A_STREAM[name] then
        session.opened[stream] = name
    end
    local reader = read_from(tvb, offset + HEADER_BYTES, offset + HEADER_BYTES + length, item)
    local word = nil
    if DECODE[name] then
        word = DECODE[name](reader, session.opened[stream])
    elseif not KINDS[kind] then
        reader:rest(f.payload)
        item:add_proto_expert_info(e.unknown, "A kind that version 1 does not describe")
    end
    reader:finish()
    local summary = name .. (stream ~= 0 and " [" .. stream .. "]" or "") .. (word and " " .. word or "")
    item:set_text("socklab " .. summary .. ", " .. plural(length, "byte"))
    say(pinfo, summary)
end

-------------------------------------------------------------------------------------- section 3.1: sessions over TCP

-- Whether a stream begins here as only a client's does. With few bytes it is whether it may.
local function looks_like_open(tvb, offset)
    local left = tvb:len() - offset
    if left < HEADER_BYTES then
        return false
    end
    local length = tvb:range(offset + 8, 4):uint()
    return tvb:range(offset, 2):uint() == 0x0101 and tvb:range(offset + 4, 4):uint() == 0 and (length == 1 or length == 57)
end

-- Whether these are the frames that stand before the records of a sealed session. That sealed bytes look so by chance is
-- less likely than 1 in 2^64.
local function looks_like_opening(tvb, offset)
    if tvb:len() - offset < HEADER_BYTES then
        return nil
    end
    local kind, length = tvb:range(offset, 2):uint(), tvb:range(offset + 8, 4):uint()
    local lengths = ({ [0x0101] = { 1, 57 }, [0x0102] = { 0, 48 }, [0x0103] = { 1, 1 } })[kind]
    return lengths ~= nil and tvb:range(offset + 4, 4):uint() == 0 and (length == lengths[1] or length == lengths[2])
end

-- Sections of a stream, each with the function that shows it: `bytes` is nil while more is needed to know it.
local function next_part(tvb, offset, session)
    local opening = looks_like_opening(tvb, offset)
    if session.sealed and not opening then
        local left = tvb:len() - offset
        -- An opening is longer than the 12 bytes that are looked at; a shorter record is 17 bytes and two.
        if opening == nil then
            return nil, "record"
        end
        return 2 + tvb:range(offset, 2):uint(), "record"
    end
    return frame_bytes(tvb, offset), "frame"
end

local function dissect_record(tvb, offset, bytes, pinfo, tree)
    local item = tree:add(socklab, tvb:range(offset, bytes))
    item:set_text("socklab sealed record, " .. plural(bytes - 2, "byte"))
    item:add(f.record, tvb:range(offset, 2))
    if bytes > 2 then
        item:add(f.sealed, tvb:range(offset + 2, bytes - 2))
    end
    if bytes < 2 + SEAL_BYTES + 1 then
        malformed(item, "A record has at least 17 bytes")
    end
    say(pinfo, "sealed record, " .. plural(bytes - 2, "byte"))
end

local function dissect_tcp_parts(tvb, pinfo, tree, session)
    local offset, length = 0, tvb:len()
    while offset < length do
        local bytes, what = next_part(tvb, offset, session)
        if bytes == false then
            local item = tree:add(socklab, tvb:range(offset))
            item:set_text("socklab: not a frame")
            malformed(item, "Another version, or a frame that is too long")
            say(pinfo, "not a frame")
            return length
        elseif bytes == nil or offset + bytes > length then
            pinfo.desegment_offset = offset
            pinfo.desegment_len = bytes and offset + bytes - length or DESEGMENT_ONE_MORE_SEGMENT
            return length
        elseif what == "frame" then
            dissect_frame(tvb, offset, pinfo, tree, session)
        else
            dissect_record(tvb, offset, bytes, pinfo, tree)
        end
        offset = offset + bytes
    end
    return length
end

-- The addresses and ports of a connection, the same for both directions. The number that Wireshark gives to a connection
-- cannot be asked for while it makes no tree, as in the first of two passes.
local function connection_of(pinfo)
    local from, to = tostring(pinfo.src) .. " " .. pinfo.src_port, tostring(pinfo.dst) .. " " .. pinfo.dst_port
    return from < to and from .. " " .. to or to .. " " .. from
end

-- What begins here, if a session does: by its opening, or (in the middle of one) by what looks like frames.
local function begin_session(tvb, known)
    if looks_like_open(tvb, 0) then
        return new_session(tvb:range(8, 4):uint() == 57)
    elseif not known and frame_bytes(tvb, 0) and KINDS[tvb:range(1, 1):uint()] and tvb:range(2, 2):uint() == 0 then
        return new_session(false)
    end
end

-- The session that this packet belongs to. The same addresses and ports may have several, one after the other.
local function tcp_session(tvb, pinfo)
    local id = connection_of(pinfo)
    local sessions = tcp_sessions[id] or {}
    if not pinfo.visited then
        local begun = begin_session(tvb, #sessions > 0)
        if begun then
            begun.first = pinfo.number
            sessions[#sessions + 1] = begun
            tcp_sessions[id] = sessions
        end
    end
    for i = #sessions, 1, -1 do
        if sessions[i].first <= pinfo.number then
            return sessions[i]
        end
    end
end

local function dissect_tcp(tvb, pinfo, tree)
    local session = tcp_session(tvb, pinfo)
    if not session then
        return 0
    end
    begin_info(pinfo)
    local consumed = dissect_tcp_parts(tvb, pinfo, tree, session)
    pinfo.cols.info:fence()
    return consumed
end

-------------------------------------------------------------------- section 3.3: frames in the segments of the link

-- Adds the data of a segment to what has come in its direction. Called once for each packet, in the order of the capture.
local function join(direction, offset, data)
    if offset + #data <= direction.offset + #direction.tail or direction.given_up then
        return
    end
    direction.pieces[offset] = data
    direction.waiting = direction.waiting + #data
    local grew = true
    while grew do
        grew = false
        local stands = direction.offset + #direction.tail
        for at, piece in pairs(direction.pieces) do
            if at <= stands then
                direction.pieces[at] = nil
                direction.waiting = direction.waiting - #piece
                direction.tail = direction.tail .. piece:sub(stands - at + 1)
                grew = true
                break
            end
        end
    end
    direction.given_up = direction.waiting > PIECES_BYTES_MAX
end

local function number_at(text, at, bytes)
    local number = 0
    for i = at, at + bytes - 1 do
        number = number * 256 + text:byte(i)
    end
    return number
end

-- Takes the complete frames off what has come without a gap.
local function take_frames(direction)
    local frames, at = {}, 1
    local tail = direction.tail
    while #tail - at + 1 >= HEADER_BYTES do
        local bytes = HEADER_BYTES + number_at(tail, at + 8, 4)
        if tail:byte(at) ~= VERSION or bytes > HEADER_BYTES + PAYLOAD_BYTES_MAX then
            direction.given_up = true
            frames.broken = true
            break
        elseif #tail - at + 1 < bytes then
            break
        end
        frames[#frames + 1] = { offset = direction.offset + at - 1, bytes = tail:sub(at, at + bytes - 1) }
        at = at + bytes
    end
    direction.tail = tail:sub(at)
    direction.offset = direction.offset + at - 1
    return frames
end

local function direction_of(session, pinfo)
    local from = (tostring(pinfo.src) .. ":" .. pinfo.src_port == session.server) and "server" or "client"
    session.directions[from] = session.directions[from]
        or { offset = 0, tail = "", pieces = {}, waiting = 0, given_up = false }
    return session.directions[from]
end

-- What a packet brought, found out when it is seen for the first time and remembered.
local function brought(session, pinfo, offset, data)
    local known = session.packets[pinfo.number]
    if not known then
        local direction = direction_of(session, pinfo)
        local is_old = #data > 0 and offset + #data <= direction.offset + #direction.tail
        join(direction, offset, data)
        known = take_frames(direction)
        known.again = is_old
        session.packets[pinfo.number] = known
    end
    return known
end

local function show_frames(known, tvb, data_at, offset, bytes, pinfo, tree, session)
    for _, frame in ipairs(known) do
        local is_here = frame.offset >= offset and frame.offset + #frame.bytes <= offset + bytes
        if is_here then
            dissect_frame(tvb, data_at + frame.offset - offset, pinfo, tree, session)
        else
            dissect_frame(ByteArray.new(frame.bytes, true):tvb("Frame of several segments"), 0, pinfo, tree, session)
        end
    end
    if known.broken then
        malformed(tree, "What comes next in this stream is not a frame")
    end
end

local function dissect_ranges(r, count)
    for _ = 1, count do
        r:number(f.range_from, 8)
        r:number(f.range_to, 8)
    end
end

local function dissect_plain_segment(tvb, pinfo, tree, root, session)
    local r = read_from(tvb, SEGMENT_START, tvb:len(), tree)
    local offset = r:number(f.segment_offset, 8)
    r:number(f.ack, 8)
    r:number(f.window, 4)
    local flags_range = r:take(1)
    if flags_range then
        local flags = tree:add(f.flags, flags_range)
        flags:add(f.fin, flags_range)
        flags:add(f.reset, flags_range)
    end
    local count = r:number(f.ranges, 1)
    if count and count > RANGES_MAX then
        malformed(tree, "More ranges than 3")
        return
    end
    dissect_ranges(r, count or 0)
    if r.short then
        return
    end
    local flags, bytes, data_at = flags_range:uint(), r:left(), r.offset
    r:rest(f.segment_data)
    if offset + bytes >= EXACT_MAX then
        malformed(tree, "An offset that no stream reaches")
        return
    end
    local word = bytes > 0 and " " .. plural(bytes, "byte") .. " from " .. offset or ""
    word = word .. (flags % 2 == 1 and " FIN" or "") .. (flags % 4 >= 2 and " RESET" or "")
    say(pinfo, "SEGMENT" .. (word ~= "" and word or " acknowledgement"))
    local data = bytes > 0 and tvb:raw(data_at, bytes) or ""
    local known = brought(session, pinfo, offset, data)
    if known.again then
        tree:add(f.again, true):set_generated()
        tree:add_proto_expert_info(e.again, "These bytes have come before")
    end
    show_frames(known, tvb, data_at, offset, bytes, pinfo, root, session)
end

-------------------------------------------------------------------------------------- section 3.2: sessions over UDP

-- Whether a datagram is as long as its type says.
local function is_datagram(tvb)
    local bytes = tvb:len()
    if bytes < 11 or tvb:range(1, 1):uint() ~= VERSION then
        return false
    end
    local kind = tvb:range(0, 1):uint()
    return (kind == 1 and bytes >= 64)
        or (kind == 2 and bytes == 30)
        or (kind == 3 and (bytes == 31 and tvb:range(30, 1):uint() == 0 or bytes == 87 and tvb:range(30, 1):uint() == 1))
        or (kind == 4 and (bytes == 18 or bytes == 66))
        or (kind == 5 and bytes == 11)
        or (kind == 6 and bytes >= SEGMENT_START + SEGMENT_HEAD_BYTES)
end

local DATAGRAM = {
    HELLO = function(r) r:rest(f.padding) end,
    RETRY = function(r) r:bytes(f.cookie, 20) end,
    OPEN = function(r)
        r:bytes(f.cookie, 20)
        return decode_open(r)
    end,
    ACCEPTED = function(r)
        r:bytes(f.session, 8)
        r:rest(f.noise)
    end,
    REFUSED = function(r) return REFUSALS[r:number(f.refusal, 1)] end,
}

local function dissect_segment(tvb, pinfo, tree, root)
    tree:add(f.session, tvb:range(2, 8))
    tree:add(f.number, tvb:range(10, 8))
    local session = udp_sessions[tostring(tvb:range(2, 8):bytes())]
    if session and not session.sealed then
        dissect_plain_segment(tvb, pinfo, tree, root, session)
        return
    end
    local bytes = tvb:len() - SEGMENT_START
    local label = (session and "sealed segment, " or "SEGMENT of a session whose opening was not captured, ")
    tree:add(f.sealed, tvb:range(SEGMENT_START))
    if not session then
        tree:add_proto_expert_info(e.unknown, "Sealed or plain: its opening would say")
    end
    tree:append_text(", " .. label .. plural(bytes, "byte"))
    say(pinfo, label .. plural(bytes, "byte"))
end

local function dissect_udp(tvb, pinfo, tree)
    if not is_datagram(tvb) then
        return 0
    end
    begin_info(pinfo)
    local name = DATAGRAMS[tvb:range(0, 1):uint()]
    local item = tree:add(socklab, tvb:range(0))
    item:set_text("socklab " .. name)
    item:add(f.datagram, tvb:range(0, 1))
    item:add(f.version, tvb:range(1, 1))
    if name == "ACCEPTED" then
        local id = tostring(tvb:range(10, 8):bytes())
        udp_sessions[id] = udp_sessions[id] or new_session(tvb:len() == 66, tostring(pinfo.src) .. ":" .. pinfo.src_port)
    end
    if name == "SEGMENT" then
        dissect_segment(tvb, pinfo, item, tree)
        return tvb:len()
    end
    item:add(f.nonce, tvb:range(2, 8))
    local word = DATAGRAM[name](read_from(tvb, 10, tvb:len(), item))
    say(pinfo, name .. (word and " " .. word or ""))
    return tvb:len()
end

------------------------------------------------------------------------------------------------------ registration

local function dissect(tvb, pinfo, tree)
    if tvb:len() < tvb:reported_len() then
        return 0 -- Cut by the capture: what is missing cannot be told from what is malformed.
    end
    if pinfo.port_type == 2 then
        return dissect_tcp(tvb, pinfo, tree)
    elseif pinfo.port_type == 3 then
        return dissect_udp(tvb, pinfo, tree)
    end
    return 0
end

-- Elsewhere than on the port a session is known by its first bytes alone, and then all of its connection is.
local function heuristic(begins)
    return function(tvb, pinfo, tree)
        if not begins(tvb) then
            return false
        end
        pinfo.conversation = socklab
        dissect(tvb, pinfo, tree)
        return true
    end
end

socklab.dissector = dissect

local function begins_with_open(tvb)
    return looks_like_open(tvb, 0)
end

local function begins_with_hello(tvb)
    if not is_datagram(tvb) or tvb:range(0, 1):uint() ~= 1 then
        return false
    end
    return not tvb:raw(10):find("[^%z]")
end

socklab:register_heuristic("tcp", heuristic(begins_with_open))
socklab:register_heuristic("udp", heuristic(begins_with_hello))

local registered = nil

local function register()
    local port = socklab.prefs.port
    if port == registered then
        return
    end
    for _, transport in ipairs({ "tcp.port", "udp.port" }) do
        local ports = DissectorTable.get(transport)
        if registered then
            ports:remove(registered, socklab)
        end
        ports:add(port, socklab)
    end
    registered = port
end

socklab.prefs_changed = register
register()
