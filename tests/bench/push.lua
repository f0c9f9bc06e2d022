-- Sends the pushes of a file, each once, beginning after line FROM: wrk -s push.lua URL -- FILE FROM
local lines = {}
local number = 0

function init(arguments)
   for line in io.lines(arguments[1]) do lines[#lines + 1] = line end
   number = tonumber(arguments[2])
end

function request()
   number = number + 1
   local line = lines[(number - 1) % #lines + 1]
   local query, body = line:match("^(.-)\t(.*)$")
   return wrk.format("POST", wrk.path .. "?" .. query, {["Content-Type"] = "text/xml"}, body)
end
