# Every program in one process, for many.t: their objects, compiled without main().
MANY := $(BUILD)/tests/many/many
MANY_NAMES := $(foreach program,$(PROGRAMS),$(subst -,_,$(program))_program)

$(BUILD)/tests/many/%.o: cgi-bin/%.c $(FLAGS)
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -DPROGRAM_NAME=$(subst -,_,$*)_program -MMD -MP -c -o $@ $<

$(MANY): tests/server/many.c $(PROGRAMS:%=$(BUILD)/tests/many/%.o) $(LIB) $(ARCHIVES)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) $(WRAPPED) -D'PROGRAMS=$(foreach name,$(MANY_NAMES),X($(name)))' -MMD -MP -MF $@.d -o $@ $(filter %.c %.o,$^) \
	    $(LIB) $(SMALL_LIBS) $(CURL_LIBS) $(QR_LIBS) $(JPEG_LIBS) $(PNG_LIBS)

check-build: $(MANY)
