-- One connection per thread, so that a thread knows which request an answer belongs to: wrk -tN -cN -s load.lua URL -- JOBS PUSHES
-- JOBS: lines "validate COOKIE SUB", "me COOKIE SUB", "login", "push"; each thread does one of them. PUSHES: a query, a tab and
-- a body in each line; each is sent once.
local threads = {}
local jobs, pushes = {}, 0

function setup(thread)
   thread:set("number", #threads)
   table.insert(threads, thread)
end

function init(arguments)
   for line in io.lines(arguments[1]) do jobs[#jobs + 1] = line end
   kind, cookie, sub = jobs[number % #jobs + 1]:match("^(%S+) ?(%S*) ?(%S*)$")
   asked, answered, failed, wrong, pushed = 0, 0, 0, 0, 0
   first = ""
   if kind == "push" then
      own = {}
      local place, all = 0, 0
      for _, job in ipairs(jobs) do if job == "push" then all = all + 1 end end
      for i = 1, number % #jobs do if jobs[i] == "push" then place = place + 1 end end
      local i = 0
      for line in io.lines(arguments[2]) do
         if i % all == place then own[#own + 1] = line end
         i = i + 1
      end
   end
end

function request()
   asked = asked + 1
   if kind == "validate" then return wrk.format("GET", "/cgi-bin/validate.cgi", {["Cookie"] = "wx_session=" .. cookie}) end
   if kind == "me" then return wrk.format("GET", "/cgi-bin/me.cgi", {["Cookie"] = "wx_session=" .. cookie}) end
   if kind == "login" then return wrk.format("GET", "/cgi-bin/login.cgi?next=/a") end
   local query, body = own[(asked - 1) % #own + 1]:match("^(.-)\t(.*)$")
   return wrk.format("POST", "/cgi-bin/wechat.cgi?" .. query, {["Content-Type"] = "text/xml"}, body)
end

-- Whether the answer belongs to this thread's request.
local function fits(status, headers, body)
   if kind == "validate" then return status == 200 and body:find('"sub":"' .. sub .. '"', 1, true) ~= nil end
   if kind == "me" then return status == 200 and body:find(sub, 1, true) ~= nil end
   if kind == "login" then return status == 303 end
   return status == 200
end

function response(status, headers, body)
   answered = answered + 1
   if status >= 500 then failed = failed + 1 end
   if not fits(status, headers, body) then
      wrong = wrong + 1
      if first == "" then first = kind .. " " .. status .. " " .. body:sub(1, 80):gsub("%c", " ") end
   elseif kind == "push" then
      pushed = pushed + 1
   end
end

function done(summary, latency, requests)
   local sum = {answered = 0, failed = 0, wrong = 0, pushed = 0}
   local firsts = ""
   for _, thread in ipairs(threads) do
      for name in pairs(sum) do sum[name] = sum[name] + thread:get(name) end
      local text = thread:get("first")
      if text ~= "" then firsts = firsts .. "; " .. text end
   end
   local e = summary.errors
   print(string.format("LOAD answered=%d failed=%d wrong=%d pushed=%d connect=%d read=%d write=%d timeout=%d %s", sum.answered, sum.failed, sum.wrong, sum.pushed,
      e.connect, e.read, e.write, e.timeout, firsts))
end
